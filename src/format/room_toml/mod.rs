//! Reads a room file with exact diagnostics, and writes one value into it.

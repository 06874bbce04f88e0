//! Reads a room file with exact diagnostics, and writes one value into it.

pub mod splice;

pub use splice::splice;

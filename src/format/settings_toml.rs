//! Reads the user's settings.

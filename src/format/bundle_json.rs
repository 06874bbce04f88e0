//! Reads a bundle: JSON with a result for each check.

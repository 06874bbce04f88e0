//! Reads a plan, and refuses one that cannot work.

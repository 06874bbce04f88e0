//! The disk as the stores see it: the real one, and one that fails on purpose.

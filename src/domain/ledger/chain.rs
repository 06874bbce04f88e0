//! The hash chain: how a line is linked, and how a file of lines is checked.

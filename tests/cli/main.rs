//! The shell on the real binary: what it prints, where, and how it ends.

mod desk;
mod exits;
mod help;
mod input;
mod shapes;
mod story;

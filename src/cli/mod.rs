//! The shell: arguments in, one printer out, an exit code.

mod exit;

pub use exit::Exit;

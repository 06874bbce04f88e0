//! The shell: arguments in, one printer out, an exit code.

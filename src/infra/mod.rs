//! The adapters: disk, processes, network, databases, clock.

pub mod clock;
pub mod disk;
pub mod file;
pub mod http;
pub mod plain;
pub mod proc;
pub mod sql;

//! A room on this machine's disk: the room file, and beside it the ledger, the captured bytes and the spool.

pub mod spool;

//! A room kept in files: the TOML, the ledger, captured bytes, the spool.

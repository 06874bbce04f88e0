//! Ledger lines to entries and back.

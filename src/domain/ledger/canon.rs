//! Canonical JSON (RFC 8785), the form a ledger line has on disk.

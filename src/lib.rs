//! `launchroom`: the terminal cockpit that moves one B2B customer from interest to an accepted pilot, by evidence.
//!
//! Layers, each using only those below it: `cli`, `tui`, `server` and `infra` are siblings on top; then `app`, `format`,
//! `present`, `domain`. `main.rs` and `wire` are the only places that name an adapter.

pub mod app;
pub mod cli;
pub mod domain;
pub mod format;
pub mod infra;
pub mod present;
pub mod server;
pub mod tui;
pub mod wire;

//! `launchroom`: the terminal cockpit that moves one B2B customer from interest to an accepted pilot, by evidence.
//!
//! Layers, each using only those below it: `cli`, `tui`, `server` and `infra` are siblings on top; then `app`, `format`,
//! `present`, `domain`. `main.rs` and `wire` are the only places that name an adapter.

// The clock, files, the environment and processes belong to the adapters; clippy.toml says what to use instead.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod app;
pub mod cli;
pub mod domain;
pub mod format;
#[allow(clippy::disallowed_methods)]
pub mod infra;
pub mod present;
pub mod server;
pub mod tui;
#[allow(clippy::disallowed_methods)]
pub mod wire;

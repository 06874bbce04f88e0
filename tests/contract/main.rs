//! The same promises of every place that keeps a room: a file, and servers on SQLite and on a real PostgreSQL, through the
//! port and over HTTP. Without PostgreSQL on the machine its share says so and the rest is run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test that cannot go on says so by panicking")]

#[path = "../cli/desk.rs"]
#[allow(dead_code, reason = "what a person does in a shell, whichever test needs it")]
mod desk;

mod backend;
mod clients;
mod cluster;
mod endurance;
mod http;
mod matrix;
mod own;
mod served;
mod store;
mod wire;

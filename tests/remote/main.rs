//! Rooms that a server keeps, from the client's side: what is shown, what waits, what is never lost and never written over.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test that cannot go on says so by panicking")]

#[path = "../cli/desk.rs"]
#[allow(dead_code, reason = "what a person does in a shell, whichever test needs it")]
mod machine;
#[path = "../support/pty.rs"]
mod pty;

mod cockpit;
mod desk;
mod faults;
mod live;
mod pulled;
mod queue;
mod server;
mod shell;
mod store;

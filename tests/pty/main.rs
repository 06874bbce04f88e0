//! The real program in a real terminal.
#![allow(clippy::expect_used, clippy::panic)] // a test may stop where it stands

#[path = "../support/pty.rs"]
mod pty;

#[path = "../support/pilot.rs"]
mod layout;

mod back_again;
mod copied;
mod flood;
mod given_back;
mod marked;
mod pilot;
mod secrets;
mod story;

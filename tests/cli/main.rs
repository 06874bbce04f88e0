//! The shell on the real binary: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by panicking")]

#[path = "../support/pilot.rs"]
mod layout;

mod again;
mod agreed;
mod asked;
mod asking;
mod attaching;
mod batch;
mod claims;
mod damage;
mod decided;
mod desk;
mod dossiers;
mod exits;
mod full_disk;
mod guarded;
mod help;
mod hostile;
mod input;
mod pilot;
mod preflight;
mod proving;
mod reading;
mod reports;
mod rooms;
mod secrets;
mod shapes;
mod story;
mod suggested;
mod timing;
mod trust;
mod workflow;

//! `launchroom serve` as strangers and broken clients see it: the real binary, raw bytes, and what a machine can do to it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so by panicking")]

#[path = "../cli/desk.rs"]
#[allow(dead_code)]
mod desk;
mod house;

mod addresses;
mod begins;
mod bodies;
mod ends;
mod fields;
mod tls;
mod tools;
mod troubles;

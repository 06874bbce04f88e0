//! One file a command.

pub mod activation;
pub mod assign;
pub mod attach;
mod captured;
pub mod check;
pub mod config;
pub mod decide;
pub mod demo;
pub mod dependency;
pub mod doctor;
pub mod evidence;
pub mod exclude;
pub mod init;
pub mod log;
pub mod open;
pub mod owners;
pub mod preflight;
pub mod proofs;
pub mod review;
pub mod rooms;
pub mod run;
pub mod run_several;
pub mod set;
pub mod status;
pub mod tick;
pub mod validate;
pub mod why;

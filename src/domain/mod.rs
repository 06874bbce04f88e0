//! The rules, pure: no I/O, no clock, no randomness. `now`, ids and salts are arguments.

pub mod apply;
pub mod bundle;
pub mod calendar;
pub mod canary;
pub mod change;
pub mod claims;
pub mod command;
pub mod dossier;
pub mod gate;
pub mod ids;
pub mod ledger;
pub mod person;
pub mod plan;
pub mod redact;
pub mod room;
pub mod turns;

//! Use cases. One verb, one file, one public function; the world outside is behind the traits in [`ports`].

pub mod attach;
pub mod check;
pub mod curtain;
pub mod demo;
pub mod discover;
pub mod edit;
pub mod error;
pub mod evidence;
pub mod export;
pub mod host;
pub mod init;
pub mod open;
pub mod portfolio;
pub mod ports;
pub mod preflight;
pub mod prove;
pub mod review;
pub mod seal;
pub mod settings;
pub mod sync;

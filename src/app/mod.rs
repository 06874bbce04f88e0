//! Use cases. One verb, one file, one public function; the world outside is behind the traits in [`ports`].

pub mod discover;
pub mod error;
pub mod ports;

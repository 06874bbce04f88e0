//! Use cases. One verb, one file, one public function; the world outside is behind the traits in [`ports`].

pub mod error;
pub mod ports;

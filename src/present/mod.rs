//! The words, symbols and safe text of all faces, pure.

pub mod audience;
pub mod line;
pub mod safe;
pub mod symbols;
pub mod told;
pub mod words;

//! What of a ledger may leave in a dossier: a whitelist by class, entry by entry.
//!
//! A class is only ever raised: a public record whose line quotes what is the tenant's or the vendor's own is withheld
//! like one. Bytes of locked records leave in no dossier, for nobody.

mod cut;
mod private;

pub use cut::{Fate, bytes_class, cut};
pub use private::{Private, private};

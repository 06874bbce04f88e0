//! The bodies of the room API: what a client sends and a server answers, one file a resource. Both sides use these and
//! nothing else, so they cannot drift apart.
//!
//! A token that sees several tenants names one with `?tenant=ID` on every route. Every change carries an
//! `Idempotency-Key`; the server answers the same to the same key. Events are one per ledger entry, with its number as `id`
//! and its line as `data`; an event named `here` holds the names of the others who listen, as a JSON list.

mod changes;
mod ledger;
mod room;

pub use changes::ChangesBody;
pub use ledger::{page, page_lines};
pub use room::{PlanText, RoomBody};

/// The version of all of them.
pub const SCHEMA: u64 = 1;

/// The header in which each answer to a token says what role it has.
pub const ROLE: &str = "launchroom-role";

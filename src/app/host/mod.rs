//! Rooms that a server keeps for many: who may do what, and the one way they change. The same rules as on a file decide;
//! what differs is where things lie ([`shelf`]) and that a token says who acts.

mod grant;
mod held;
mod hosted;
mod house;
mod intake;
mod may;
pub mod shelf;

pub use grant::{Grant, Issued, Role, Tenants, issue, looks_like_a_name, secret_of};
pub use held::{Held, revision};
pub use hosted::Hosted;
pub use house::{Accepted, House, Order, Outcome};
pub use intake::{Coming, TakenIn, look_over};
pub use may::{MAY_NOT, may, takes};

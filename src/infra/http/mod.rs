//! Asking other machines: deployments for their pages, servers for their rooms. All of it goes through one [`client`].

mod address;
mod api;
mod client;
mod fetch;
mod live;
pub mod pull;
mod queue;
mod remote;
pub mod sse;
pub mod token;

pub use address::address;
pub use api::{Api, Trouble};
pub use client::{Client, Limits};
pub use fetch::Http;
pub use live::Live;
pub use remote::{Mode, Parts, RemoteStore};
pub use token::Token;

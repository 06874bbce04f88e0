//! Asking other machines: deployments for their pages, servers for their rooms. All of it goes through one [`client`].

mod address;
mod client;
mod fetch;

pub use fetch::Http;

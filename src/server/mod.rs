//! The API server: axum in front of the use cases. It answers, and decides nothing: who may do what is in `app::host`, what
//! changes a room is in the domain.
//!
//! [`route`] is one table of all routes. It makes the router, holds each to its access, and writes the OpenAPI document.

mod asked;
mod auth;
mod connect;
mod hub;
mod limit;
mod log;
mod metrics;
mod openapi;
mod patient;
mod presence;
mod problem;
mod public;
pub mod route;
mod site;
mod tls;

pub use connect::{Doors, serve};
pub use hub::Hub;
pub use limit::Limits;
pub use log::Log;
pub use openapi::document;
pub use presence::Presence;
pub use site::Site;
pub use tls::acceptor;

use crate::domain::plan::Plan;
use std::{io, net::TcpListener, sync::Arc};

/// Serves a plan's public pages on a listener that is bound already, until the process ends. Blocks.
///
/// # Errors
/// What the system says when the listener cannot be served.
pub fn serve_public(listener: TcpListener, plan: Arc<Plan>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, public::router(plan)).await
    })
}

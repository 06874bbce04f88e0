//! The API server. So far the public half: what of a plan anybody may read. Nothing of a tenant is in it.

mod public;

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

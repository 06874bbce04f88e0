//! TLS to a database, with the roots that this machine trusts.

use super::db::failed;
use crate::app::error::Error;
use rustls::ClientConfig;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What connects.
///
/// # Errors
/// `Storage` when this machine has no roots.
pub fn connector() -> Result<MakeRustlsConnect, Error> {
    let what = "the database cannot be asked";
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new(Arc::clone(&provider)).map_err(|error| failed(what, &error))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(what, &error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

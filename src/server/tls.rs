//! TLS for the server itself; otherwise a proxy in front of it does that.

use crate::app::error::{Error, Kind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What speaks TLS with a certificate chain and its key, both in PEM.
///
/// # Errors
/// `Input` for what cannot be used, without showing any of it.
pub fn acceptor(chain: &[u8], key: &[u8]) -> Result<TlsAcceptor, Error> {
    let refused = |what: &str, why: String| Error::new(Kind::Input, format!("the {what} cannot be used"), why);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .map_err(|error| refused("certificate", error.to_string()))?;
    if chain.is_empty() {
        return Err(refused("certificate", "there is none in the file; it takes PEM, the server's own first".into()));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| refused("key", "the file holds no private key in PEM".into()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refused("certificate", error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| refused("certificate or its key", error.to_string()))?;
    let mut config = config;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

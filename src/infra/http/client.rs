//! The one HTTP client, with every time-out and cap, for whatever asks another machine.
//!
//! It follows no redirect, keeps no cookie, sends no referrer, asks for no compression and uses no proxy that nobody
//! configured; plain http is for this machine only. No error of it repeats a header or a body.

use super::address::{address, below};
use super::token::Token;
use crate::app::error::{Error, Kind};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Proxy, Url, redirect::Policy};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::watch::Receiver;
use tokio::time::timeout;

/// How long anything may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub connect: Duration,
    /// An answer that says nothing for so long is none.
    pub idle: Duration,
    /// From the first byte asked to the last one answered.
    pub whole: Duration,
    /// The same for bytes of evidence, which take their time on a slow line.
    pub upload: Duration,
    /// A stream that says nothing for so long, not even that it is there, is dead.
    pub silent: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(10),
            whole: Duration::from_secs(20),
            upload: Duration::from_mins(5),
            silent: Duration::from_secs(45),
        }
    }
}

/// Asks one server.
#[derive(Clone)]
pub struct Client {
    pub base: Url,
    pub limits: Limits,
    http: reqwest::Client,
    runtime: Arc<Runtime>,
}

/// One request.
pub struct Ask {
    pub method: String,
    pub url: Url,
    pub headers: Vec<(HeaderName, String)>,
    pub bearer: Option<Token>,
    pub body: Option<Vec<u8>>,
    /// No larger answer is taken.
    pub limit: usize,
    /// From the first byte asked to the last one answered.
    pub whole: Duration,
}

/// A whole answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header as text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Why there is no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    Unreachable,
    /// Its certificate is not believed, and why.
    Untrusted(&'static str),
    /// Something answers there, and not in TLS.
    NoTls,
    Timeout,
    /// It began and did not come to its end.
    BrokenOff,
    TooLarge(usize),
    /// In an encoding that was not asked for.
    Encoded,
    /// It could not even be asked.
    Unasked,
}

impl Lost {
    /// For a person.
    #[must_use]
    pub fn why(self) -> String {
        match self {
            Self::Unreachable => "nobody answers there".into(),
            Self::Untrusted(why) => format!("its certificate {why}"),
            Self::NoTls => "what answers there does not speak TLS; is it http://?".into(),
            Self::Timeout => "it did not answer in time".into(),
            Self::BrokenOff => "the answer broke off".into(),
            Self::TooLarge(limit) => format!("the answer is larger than {} MiB", limit >> 20),
            Self::Encoded => "the answer is in an encoding that was not asked for".into(),
            Self::Unasked => "the request could not be made".into(),
        }
    }
}

/// The runtime that all requests of this process run on; one thread, started with the first client.
///
/// # Errors
/// `Network` when the system gives none.
pub fn runtime() -> Result<Arc<Runtime>, Error> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let made = builder.worker_threads(1).thread_name("network").enable_all().build();
    made.map(Arc::new).map_err(|error| broken(&error.to_string()))
}

fn broken(why: &str) -> Error {
    Error::new(Kind::Network, "no HTTP client can be made", why)
}

impl Client {
    /// A client for the server at `base`, through `proxy` when one is configured.
    ///
    /// # Errors
    /// `Usage` for an address that is none, or plain http to another machine; `Network` when no client can be made.
    pub fn new(base: &str, proxy: Option<&str>) -> Result<Self, Error> {
        Self::within(Limits::default(), base, proxy)
    }

    /// The same, with other limits.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn within(limits: Limits, base: &str, proxy: Option<&str>) -> Result<Self, Error> {
        let base = address(base)?;
        // The only error is that a provider is there already.
        _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("launchroom/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy();
        if let Some(proxy) = proxy {
            // A proxy's address may hold a password: the error does not repeat it.
            let through =
                Proxy::all(proxy).map_err(|_| Error::new(Kind::Usage, "the proxy of the settings is no address", ""))?;
            builder = builder.proxy(through);
        }
        let http = builder.build().map_err(|error| broken(&error.to_string()))?;
        Ok(Self { base, limits, http, runtime: runtime()? })
    }

    /// The host and port that is asked.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base.authority()
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// `path` at this server.
    ///
    /// # Errors
    /// `Usage` when that makes no address.
    pub fn url(&self, path: &str) -> Result<Url, Error> {
        below(&self.base, path)
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// Why there is none.
    pub fn send(&self, ask: Ask) -> Result<Answer, Lost> {
        let (limit, whole) = (ask.limit, ask.whole);
        let request = self.request(ask)?.timeout(whole);
        self.runtime.block_on(async {
            let mut response = request.send().await.map_err(|error| lost(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            if headers.get("content-encoding").is_some_and(|value| value.as_bytes() != b"identity") {
                return Err(Lost::Encoded);
            }
            let mut body = Vec::new();
            while let Some(chunk) =
                timeout(self.limits.idle, response.chunk()).await.map_err(|_| Lost::Timeout)?.map_err(|error| lost(&error))?
            {
                if body.len() + chunk.len() > limit {
                    return Err(Lost::TooLarge(limit));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer { status, headers, body })
        })
    }

    /// Asks, and hands on the body piece by piece as it comes, until `take` answers `false` or the bell rings. The answer
    /// is the status when that is not 200, or not a stream of events.
    ///
    /// # Errors
    /// How the stream ended, when nobody here ended it.
    pub fn follow(&self, ask: Ask, bell: &mut Receiver<u64>, mut take: impl FnMut(&[u8]) -> bool) -> Result<u16, Lost> {
        let request = self.request(ask)?;
        let mut response = self.runtime.block_on(async {
            timeout(self.limits.whole, request.send()).await.map_err(|_| Lost::Timeout)?.map_err(|error| lost(&error))
        })?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if status != 200 {
            return Ok(status);
        }
        if !kind.starts_with("text/event-stream") {
            return Ok(406);
        }
        loop {
            // What is taken in asks the same server again: not from inside the runtime.
            let next = self.runtime.block_on(async {
                tokio::select! {
                    next = timeout(self.limits.silent, response.chunk()) => Some(next),
                    _ = bell.changed() => None,
                }
            });
            match next {
                Some(Ok(Ok(Some(chunk)))) if take(&chunk) => {}
                None | Some(Ok(Ok(_))) => return Ok(status),
                Some(Ok(Err(error))) => return Err(lost(&error)),
                Some(Err(_)) => return Err(Lost::Timeout),
            }
        }
    }

    fn request(&self, ask: Ask) -> Result<reqwest::RequestBuilder, Lost> {
        let method = Method::from_bytes(ask.method.as_bytes()).map_err(|_| Lost::Unasked)?;
        let mut headers = HeaderMap::new();
        for (name, value) in ask.headers {
            headers.insert(name, HeaderValue::from_str(&value).map_err(|_| Lost::Unasked)?);
        }
        if let Some(token) = ask.bearer {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| Lost::Unasked)?;
            value.set_sensitive(true);
            headers.insert(reqwest::header::AUTHORIZATION, value);
        }
        let mut request = self.http.request(method, ask.url).headers(headers);
        if let Some(body) = ask.body {
            request = request.body(body);
        }
        Ok(request)
    }
}

fn lost(error: &reqwest::Error) -> Lost {
    match (error.is_timeout(), error.is_connect()) {
        (true, _) => Lost::Timeout,
        (_, true) => tls_trouble(error).map_or(Lost::Unreachable, distrusted),
        _ if error.is_builder() => Lost::Unasked,
        _ => Lost::BrokenOff,
    }
}

/// What TLS says, where that is what went wrong. An error of a stream hides what it holds from `source`.
fn tls_trouble<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(told) = error.downcast_ref() {
        return Some(told);
    }
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(held) => tls_trouble(held),
        None => tls_trouble(error.source()?),
    }
}

fn distrusted(error: &rustls::Error) -> Lost {
    use rustls::CertificateError as Odd;
    let rustls::Error::InvalidCertificate(odd) = error else { return Lost::NoTls };
    Lost::Untrusted(match odd {
        Odd::Expired | Odd::ExpiredContext { .. } => "has expired",
        Odd::NotValidYet | Odd::NotValidYetContext { .. } => "is not valid yet; is the clock right?",
        Odd::NotValidForName | Odd::NotValidForNameContext { .. } => "is for another name",
        Odd::UnknownIssuer => "is of an authority that this machine does not trust",
        Odd::Revoked => "was revoked",
        _ => "cannot be believed",
    })
}

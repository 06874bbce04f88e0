//! The one HTTP client, with every time-out and cap, for whatever asks another machine.
//!
//! It follows no redirect, keeps no cookie, sends no referrer and uses no proxy that nobody configured; plain http is for
//! this machine only.

use crate::app::check::{Fetch, Page};
use crate::app::error::{Error, Kind};
use reqwest::{Client, Url, redirect::Policy};
use std::time::Duration;
use tokio::runtime::Runtime;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(30);
/// No public page is larger.
const BODY: usize = 4 * 1024 * 1024;

/// Gets pages of one deployment.
pub struct Http {
    base: Url,
    client: Client,
    runtime: Runtime,
}

impl Http {
    /// A client for the deployment at `base`.
    ///
    /// # Errors
    /// `Usage` for an address that is none, or plain http to another machine; `Network` when no client can be made.
    pub fn new(base: &str) -> Result<Self, Error> {
        let broken = |why: String| Error::new(Kind::Network, "no HTTP client can be made", why);
        // The only error is that a provider is there already.
        _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("launchroom/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|error| broken(error.to_string()))?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| broken(error.to_string()))?;
        Ok(Self { base: address(base)?, client, runtime })
    }

    /// The host and port that is asked.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base.authority()
    }
}

/// An address that may be asked.
fn address(base: &str) -> Result<Url, Error> {
    let refuse = |why: &str| Error::new(Kind::Usage, "the base URL cannot be used", why).hint("give https://HOST");
    let url = Url::parse(base).map_err(|error| refuse(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it holds a user name or a password, which would end up in logs"));
    }
    let host = url.host_str().unwrap_or_default();
    let loopback =
        host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(refuse("plain http is for this machine only")),
        _ => Err(refuse("it is neither https nor http")),
    }
}

impl Fetch for Http {
    fn get(&self, path: &str) -> Result<Page, Error> {
        let url = self.base.join(path).map_err(|error| Error::new(Kind::Usage, "no such address", error.to_string()))?;
        let lost = |error: &reqwest::Error| {
            let why = match (error.is_timeout(), error.is_connect()) {
                (true, _) => "it did not answer in time".to_owned(),
                (_, true) => "nobody answers there".to_owned(),
                _ => "the answer broke off".to_owned(),
            };
            Error::new(Kind::Network, format!("{} cannot be asked", self.base.authority()), why)
                .hint("check the base URL and that the deployment is up")
        };
        self.runtime.block_on(async {
            let mut response = self.client.get(url).send().await.map_err(|error| lost(&error))?;
            let content_type =
                response.headers().get("content-type").and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
            let status = response.status().as_u16();
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
                if body.len() + chunk.len() > BODY {
                    let why = format!("{path} is larger than 4 MiB");
                    return Err(Error::new(Kind::Network, "the answer is too large", why));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Page { status, content_type, body: String::from_utf8_lossy(&body).into_owned() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in ["https://www.example.test", "http://127.0.0.1:8080", "http://[::1]:1/", "http://localhost:3000"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://www.example.test",
            "ftp://x",
            "www.example.test",
            "https://user:pw@example.test",
            "http://127.0.0.1.example.test",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_public_pages_pass_their_own_checks_over_real_http() {
        use crate::app::check::{Order, check, passed};
        use crate::format::plan_toml;
        let plan = std::sync::Arc::new(plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = plan.clone();
        std::thread::spawn(move || crate::server::serve_public(listener, served));
        let http = Http::new(&base).unwrap();
        let order = Order { name: "launch-proof-bundle", strict: false, fixtures: false };
        let checks = check(&order, &plan, &http).unwrap();
        assert!(passed(&checks), "{checks:?}");
    }

    #[test]
    fn nobody_there_is_a_network_fault_that_names_the_host() {
        let http = Http::new("http://127.0.0.1:1").unwrap();
        let error = http.get("/api/health").err().unwrap();
        assert_eq!(error.kind, Kind::Network);
        assert!(error.what.contains("127.0.0.1:1"));
    }
}

//! Which addresses may be asked at all.

use crate::app::error::{Error, Kind};
use reqwest::Url;

/// An address that may be asked: https, or plain http to this same machine; nobody's password in it.
///
/// # Errors
/// `Usage` for any other.
pub fn address(base: &str) -> Result<Url, Error> {
    let refuse = |why: &str| Error::new(Kind::Usage, "the address of the server cannot be used", why).hint("give https://HOST");
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

/// `path` below the base, whatever the base's own path is.
///
/// # Errors
/// `Usage` when that makes no address.
pub fn below(base: &Url, path: &str) -> Result<Url, Error> {
    let mut base = base.clone();
    base.set_query(None);
    base.set_fragment(None);
    let whole = format!("{}{path}", base.as_str().trim_end_matches('/'));
    Url::parse(&whole).map_err(|error| Error::new(Kind::Usage, "no such address", error.to_string()))
}

/// Whether both are the same scheme, host and port.
#[must_use]
pub fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
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
    fn a_path_is_put_below_the_path_of_the_base() {
        let at = |base: &str| below(&address(base).unwrap(), "/api/health?x=1").unwrap().to_string();
        assert_eq!(at("https://h.test"), "https://h.test/api/health?x=1");
        assert_eq!(at("https://h.test/app/"), "https://h.test/app/api/health?x=1");
        assert_eq!(at("https://h.test/app?y#z"), "https://h.test/app/api/health?x=1");
    }
}

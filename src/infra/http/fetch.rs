//! Asks a deployment for its pages. A redirect on the same host is followed, a few times and without a token; any other is
//! an answer like any other.

use super::address::is_same_origin;
use super::client::{Answer, Ask, Client, Lost};
use super::token::Token;
use crate::app::check::{Fetch, Page, Request};
use crate::app::error::{Error, Kind};
use reqwest::Url;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

/// No public page is larger.
const BODY: usize = 4 * 1024 * 1024;
const HOPS: usize = 3;

/// Gets pages of one deployment.
pub struct Http {
    client: Client,
}

impl Http {
    /// A client for the deployment at `base`.
    ///
    /// # Errors
    /// `Usage` for an address that is none, or plain http to another machine; `Network` when no client can be made.
    pub fn new(base: &str, proxy: Option<&str>) -> Result<Self, Error> {
        Ok(Self { client: Client::new(base, proxy)? })
    }

    fn once(&self, url: &Url, request: &Request<'_>) -> Result<Answer, Lost> {
        let mut headers = vec![(ACCEPT, request.media.to_owned())];
        if request.body.is_some() {
            headers.push((CONTENT_TYPE, request.media.to_owned()));
        }
        self.client.send(Ask {
            method: request.method.to_owned(),
            url: url.clone(),
            headers,
            bearer: request.bearer.map(|token| Token::of(token, "the check")).transpose().map_err(|_| Lost::Unasked)?,
            body: request.body.map(|body| body.as_bytes().to_vec()),
            limit: BODY,
            whole: self.client.limits.whole,
        })
    }
}

impl Fetch for Http {
    fn send(&self, request: &Request<'_>) -> Result<Page, Error> {
        let mut url = self.client.url(request.path)?;
        for hop in 0..=HOPS {
            let answer = match self.once(&url, request) {
                Ok(answer) => answer,
                Err(trouble @ (Lost::BrokenOff | Lost::TooLarge(_) | Lost::Encoded)) => {
                    return Ok(Page { trouble: Some(trouble.why()), ..Page::default() });
                }
                Err(lost) => {
                    let what = format!("{} cannot be asked", self.client.host());
                    return Err(
                        Error::new(Kind::Network, what, lost.why()).hint("check the base URL and that the deployment is up")
                    );
                }
            };
            let there = redirect(&url, &answer);
            match there {
                Some(there)
                    if hop < HOPS && request.bearer.is_none() && request.method == "GET" && is_same_origin(&url, &there) =>
                {
                    url = there;
                }
                there => return Ok(page(answer, there)),
            }
        }
        Ok(Page { trouble: Some("it sends round in circles".into()), ..Page::default() })
    }
}

fn redirect(from: &Url, answer: &Answer) -> Option<Url> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    from.join(answer.header("location")).ok()
}

fn page(answer: Answer, there: Option<Url>) -> Page {
    let content_type = answer.header("content-type").to_owned();
    // A query may carry what somebody signs in with.
    let leads_to = there.map(|mut there| {
        there.set_query(None);
        there.set_fragment(None);
        let _ = there.set_password(None);
        let _ = there.set_username("");
        there.to_string()
    });
    match String::from_utf8(answer.body) {
        Ok(body) => Page { status: answer.status, content_type, body, leads_to, trouble: None },
        Err(error) => {
            let body = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let trouble = Some("it is not UTF-8 text".to_owned());
            Page { status: answer.status, content_type, body, leads_to, trouble }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::check::{Order, Watch, check, passed};
    use crate::format::plan_toml;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    /// A server that gives each connection the next of these answers, and then closes it.
    fn server(answers: Vec<String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = [0; 4096];
                let _ = stream.read(&mut asked);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        base
    }

    fn answer(status: &str, headers: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }

    fn get(base: &str) -> Result<Page, Error> {
        Http::new(base, None).unwrap().send(&Request::get("/page"))
    }

    #[test]
    fn the_public_pages_pass_their_own_checks_over_real_http() {
        let plan = std::sync::Arc::new(plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = plan.clone();
        std::thread::spawn(move || crate::server::serve_public(listener, served));
        let http = Http::new(&base, None).unwrap();
        let order = Order { name: "launch-proof-bundle", ..Order::default() };
        let checks = check(&order, &plan, &http, Watch { made: &mut |_| {}, stopped: &|| false }).unwrap();
        assert!(passed(&checks), "{checks:?}");
    }

    #[test]
    fn nobody_there_is_a_network_fault_that_names_the_host() {
        let error = get("http://127.0.0.1:1").err().unwrap();
        assert_eq!(error.kind, Kind::Network);
        assert!(error.what.contains("127.0.0.1:1"));
    }

    #[test]
    fn a_redirect_to_another_host_is_told_and_not_followed() {
        let base = server(vec![answer("302 Found", "location: https://evil.example.test/x?token=1\r\n", "")]);
        let page = get(&base).unwrap();
        assert_eq!((page.status, page.leads_to.as_deref()), (302, Some("https://evil.example.test/x")));
    }

    #[test]
    fn a_redirect_on_the_same_host_is_followed() {
        let to = answer("308 Permanent Redirect", "location: /page/\r\n", "");
        let base = server(vec![to, answer("200 OK", "content-type: application/json\r\n", "{}")]);
        assert_eq!(get(&base).unwrap().status, 200);
    }

    #[test]
    fn what_is_cut_off_packed_or_no_text_is_trouble_and_not_a_page() {
        let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":".to_owned();
        assert_eq!(get(&server(vec![cut])).unwrap().trouble.as_deref(), Some("the answer broke off"));
        let packed = get(&server(vec![answer("200 OK", "content-encoding: gzip\r\n", "x")])).unwrap();
        assert!(packed.trouble.unwrap().contains("not asked for"));
        let huge = answer("200 OK", "", &"x".repeat(BODY + 1));
        assert!(get(&server(vec![huge])).unwrap().trouble.unwrap().contains("larger than 4 MiB"));
    }
}

//! The calls of the room API, each with what its answer has to be. Whatever a server says is checked before it is believed:
//! the content type, the schema, the digest of bytes.

use super::client::{Answer, Ask, Client, Lost};
use super::live::jittered;
use super::token::Token;
use crate::app::error::{Error, Kind};
use crate::app::host::Role;
use crate::domain::change::Change;
use crate::domain::ids::Digest;
use crate::format::api::{self, ChangesBody, RoomBody};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, IF_NONE_MATCH};
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

/// No room or page of a ledger is larger.
const BODY: usize = 64 * 1024 * 1024;
const BLOB: usize = 256 * 1024 * 1024;
/// Before a call is made again.
const AGAIN: Duration = Duration::from_millis(120);
/// A server that wants to be left alone for longer is asked again by whoever waits for it.
const PATIENT: Duration = Duration::from_secs(2);
const ROOM: &str = "/api/platform/launch-room";

/// One room of one server.
#[derive(Clone)]
pub struct Api {
    pub client: Client,
    token: Arc<RwLock<Option<Token>>>,
    /// Of that token, as the server said last.
    role: Arc<RwLock<Option<Role>>>,
    /// Of a token that sees several.
    tenant: Option<String>,
}

/// What a server answers to a question about its room.
pub enum Room {
    Unchanged,
    /// And the tag to ask with the next time.
    Changed(Box<RoomBody>, String),
}

/// Why a call did not come to what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer; the server may have got the request or not.
    Lost(Lost),
    /// It says that it cannot, now: when to ask again, if it says so.
    Busy { status: u16, after: Option<Duration> },
    /// The token is wrong, has expired, or is missing.
    Denied,
    /// This token may not do that.
    Forbidden(String),
    /// There is no such room, or not for this token.
    Absent,
    /// Somebody else changed the room first.
    Stale,
    /// A rule forbids it.
    Refused { rule: String, why: String },
    /// It answers, and not as such a server does: a sign-in page, a redirect, a newer version, nonsense.
    Strange(String),
}

impl Trouble {
    /// Whether asking the same again later may help.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Busy { .. } | Self::Stale)
    }

    /// For a person, as an error of the whole program.
    #[must_use]
    pub fn error(&self, client: &Client) -> Error {
        let host = client.host();
        let of = |kind, why: String| Error::new(kind, format!("{host} does not give this room"), why);
        match self {
            Self::Lost(lost) => of(Kind::Network, lost.why()).hint("check the address and the network; nothing here is lost"),
            Self::Busy { status, .. } => {
                of(Kind::Network, format!("it is busy or out of order (status {status})")).hint("try again in a while")
            }
            Self::Denied => of(Kind::Refused, "the token is wrong, has expired, or is missing".into())
                .hint(format!("launchroom login --server {}, or set LAUNCHROOM_TOKEN", client.origin())),
            Self::Forbidden(why) => of(Kind::Refused, why.clone()).hint("ask for a token with another role"),
            Self::Absent => of(Kind::Refused, "there is no such room, or this token may not see it".into())
                .hint("check the tenant and the token with whoever runs the server"),
            Self::Stale => {
                of(Kind::Network, "others keep changing it faster than this change gets through".into()).hint("it waits here")
            }
            Self::Refused { why, .. } => Error::new(Kind::Refused, "refused", why.clone()),
            Self::Strange(why) => of(Kind::Network, why.clone())
                .hint("if that is no launchroom server, check the address; else tell whoever runs it"),
        }
    }
}

impl From<Lost> for Trouble {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

impl Api {
    #[must_use]
    pub fn new(client: Client, token: Option<Token>, tenant: Option<String>) -> Self {
        Self { client, token: Arc::new(RwLock::new(token)), role: Arc::default(), tenant }
    }

    /// The room, when it is not the one of this tag.
    ///
    /// # Errors
    /// Why not.
    pub fn room(&self, tag: Option<&str>) -> Result<Room, Trouble> {
        let headers = tag.map(|tag| (IF_NONE_MATCH, tag.to_owned())).into_iter().collect();
        let answer = self.call("GET", ROOM, headers, None)?;
        if answer.status == 304 {
            return Ok(Room::Unchanged);
        }
        let value = value(&answer)?;
        let body = RoomBody::from_json(&value).map_err(|what| strange(&what))?;
        Ok(Room::Changed(Box::new(body), answer.header("etag").to_owned()))
    }

    /// Whose room it is.
    ///
    /// # Errors
    /// Why that cannot be known.
    pub fn tenant(&self) -> Result<String, Trouble> {
        match self.room(None)? {
            Room::Changed(body, _) => Ok(body.tenant),
            Room::Unchanged => Err(Trouble::Strange("it says that nothing changed, to somebody who knew nothing".into())),
        }
    }

    /// Ledger lines after an entry, as they are, up to the page's end.
    ///
    /// # Errors
    /// Why not.
    pub fn ledger(&self, after: u64) -> Result<Vec<u8>, Trouble> {
        let answer = self.call("GET", &format!("{ROOM}/ledger?after={after}"), Vec::new(), None)?;
        let value = value(&answer)?;
        api::page_lines(&value).map_err(|what| strange(&what))
    }

    /// Asks for a change, on the room of this revision. The entries that were written for it, by number.
    ///
    /// # Errors
    /// `Stale` when it is another one by now; what the rules say.
    pub fn change(&self, base: &str, change: &Change, key: &str) -> Result<Vec<u64>, Trouble> {
        let body = ChangesBody { base_revision: base.to_owned(), changes: vec![change.clone()] };
        let body = serde_json::to_vec(&body).map_err(|error| Trouble::Strange(error.to_string()))?;
        let headers =
            vec![(CONTENT_TYPE, "application/json".to_owned()), (HeaderName::from_static("idempotency-key"), key.to_owned())];
        let answer = self.call("POST", &format!("{ROOM}/changes"), headers, Some((body, self.client.limits.whole)))?;
        let value = value(&answer)?;
        let entries = value.get("entries").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Ok(entries.iter().filter_map(|entry| entry.get("seq")?.as_u64()).collect())
    }

    /// What role the token has, when the server said so.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        *self.role.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, answer: &Answer) {
        if let Some(role) = Role::named(answer.header(api::ROLE)) {
            *self.role.write().unwrap_or_else(PoisonError::into_inner) = Some(role);
        }
    }

    /// Puts bytes where the server keeps evidence; as often as one likes.
    ///
    /// # Errors
    /// Why not.
    pub fn put(&self, digest: &Digest, bytes: Vec<u8>) -> Result<(), Trouble> {
        let headers = vec![(CONTENT_TYPE, "application/octet-stream".to_owned())];
        self.call("PUT", &blob(digest), headers, Some((bytes, self.client.limits.upload))).map(drop)
    }

    /// Bytes of evidence, checked against their digest; `None` when the server does not have them.
    ///
    /// # Errors
    /// Why not; `Strange` for bytes that are others.
    pub fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Trouble> {
        let url = self.client.url(&self.with_tenant(&blob(digest))).map_err(|error| Trouble::Strange(error.why))?;
        let ask = Ask {
            method: "GET".to_owned(),
            url,
            headers: Vec::new(),
            bearer: self.bearer(),
            body: None,
            limit: BLOB,
            whole: self.client.limits.upload,
        };
        match judged(self.client.send(ask)?) {
            Ok(answer) if Digest::of(&answer.body) == *digest => Ok(Some(answer.body)),
            Ok(_) => Err(Trouble::Strange(format!("the bytes it gave for {} are others", digest.short()))),
            Err(Trouble::Absent) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// Rooms of all tenants that the token may see.
    ///
    /// # Errors
    /// Why not.
    pub fn rooms(&self) -> Result<Value, Trouble> {
        value(&self.call("GET", "/api/platform/launch-rooms", Vec::new(), None)?)
    }

    /// What to ask to hear of changes as they happen, from after the entry with this number.
    ///
    /// # Errors
    /// `Strange` when there is no such address.
    pub fn events(&self, after: u64) -> Result<Ask, Trouble> {
        let path = self.with_tenant(&format!("{ROOM}/events"));
        let url = self.client.url(&path).map_err(|error| Trouble::Strange(error.why))?;
        let headers =
            vec![(ACCEPT, "text/event-stream".to_owned()), (HeaderName::from_static("last-event-id"), after.to_string())];
        Ok(Ask {
            method: "GET".to_owned(),
            url,
            headers,
            bearer: self.bearer(),
            body: None,
            limit: usize::MAX,
            whole: Duration::MAX,
        })
    }

    /// From here on with this token.
    pub fn renew(&self, token: Token) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = Some(token);
        *self.role.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether this token is the one that is shown.
    #[must_use]
    pub fn shows(&self, token: &Token) -> bool {
        self.bearer().is_some_and(|shown| shown.expose() == token.expose())
    }

    fn bearer(&self) -> Option<Token> {
        self.token.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn with_tenant(&self, path: &str) -> String {
        match &self.tenant {
            Some(tenant) => format!("{path}{}tenant={tenant}", if path.contains('?') { '&' } else { '?' }),
            None => path.to_owned(),
        }
    }

    /// Asks, and asks again when that may help soon: every call here may be made twice, changes by their key.
    fn call(
        &self,
        method: &str,
        path: &str,
        mut headers: Vec<(HeaderName, String)>,
        body: Option<(Vec<u8>, Duration)>,
    ) -> Result<Answer, Trouble> {
        let url = self.client.url(&self.with_tenant(path)).map_err(|error| Trouble::Strange(error.why))?;
        headers.push((ACCEPT, "application/json".to_owned()));
        let whole = body.as_ref().map_or(self.client.limits.whole, |(_, whole)| *whole);
        let body = body.map(|(body, _)| body);
        let mut pause = AGAIN;
        loop {
            let ask = Ask {
                method: method.to_owned(),
                url: url.clone(),
                headers: headers.clone(),
                bearer: self.bearer(),
                body: body.clone(),
                limit: BODY,
                whole,
            };
            let answered = self.client.send(ask).inspect(|answer| self.hear(answer));
            let trouble = match answered.map_err(Trouble::from).and_then(judged) {
                Err(trouble) if pause <= AGAIN * 2 => trouble,
                outcome => return outcome,
            };
            thread::sleep(match &trouble {
                Trouble::Busy { after: Some(after), .. } if *after > PATIENT => return Err(trouble),
                Trouble::Busy { after, .. } => after.unwrap_or_default().max(jittered(pause)),
                // What was kept open from before may have been shut meanwhile.
                Trouble::Lost(Lost::BrokenOff | Lost::Unreachable) => jittered(pause),
                _ => return Err(trouble),
            });
            pause *= 2;
        }
    }
}

fn strange(what: &str) -> Trouble {
    Trouble::Strange(format!("its answer {what}"))
}

fn blob(digest: &Digest) -> String {
    format!("/api/platform/evidence/blobs/{}", digest.to_hex())
}

/// An answer that is one, or why it is none.
fn judged(answer: Answer) -> Result<Answer, Trouble> {
    match answer.status {
        200..=299 | 304 => Ok(answer),
        300..=399 => Err(Trouble::Strange(format!("it sends on to {}, which was not followed", leads_to(&answer)))),
        401 => Err(Trouble::Denied),
        403 => Err(Trouble::Forbidden(detail(&answer, "this token may not do that"))),
        404 => Err(Trouble::Absent),
        409 => Err(Trouble::Stale),
        400 | 413 | 422 => {
            Err(Trouble::Refused { rule: text(&answer, "rule"), why: detail(&answer, "the server does not take it") })
        }
        // It answers, and says what is wrong with it: asking again does not help.
        500 if !text(&answer, "detail").is_empty() => Err(Trouble::Strange(text(&answer, "detail"))),
        408 | 425 | 429 | 500..=599 => Err(Trouble::Busy { status: answer.status, after: after(&answer) }),
        status => Err(Trouble::Strange(format!("it answered {status}"))),
    }
}

/// The host of a redirect, without anything that may be a secret.
fn leads_to(answer: &Answer) -> String {
    let there = reqwest::Url::parse(answer.header("location"));
    there.ok().and_then(|there| there.host_str().map(str::to_owned)).unwrap_or_else(|| "another page".into())
}

/// Seconds, of those that a person would wait.
fn after(answer: &Answer) -> Option<Duration> {
    answer.header("retry-after").trim().parse().ok().map(|seconds: u64| Duration::from_secs(seconds.min(600)))
}

/// The JSON of an answer, of the schema that this version knows.
fn value(answer: &Answer) -> Result<Value, Trouble> {
    let kind = answer.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "text/html" {
        return Err(Trouble::Strange("it answers with a web page instead of JSON, as a sign-in page does".into()));
    }
    if kind != "application/json" {
        return Err(Trouble::Strange(format!("it answers with `{kind}` instead of JSON")));
    }
    let value: Value = serde_json::from_slice(&answer.body)
        .map_err(|error| Trouble::Strange(format!("its JSON breaks off or is malformed at line {}", error.line())))?;
    match value.get("schema").and_then(Value::as_u64) {
        Some(1) | None => Ok(value),
        Some(newer) => {
            Err(Trouble::Strange(format!("it speaks schema {newer} and this version knows 1; take a newer launchroom")))
        }
    }
}

/// The sentence of a problem document (RFC 9457).
fn detail(answer: &Answer, otherwise: &str) -> String {
    let told = text(answer, "detail");
    if told.is_empty() { otherwise.to_owned() } else { told }
}

fn text(answer: &Answer, key: &str) -> String {
    let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    value.get(key).and_then(Value::as_str).map(|text| text.chars().take(500).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    #[test]
    fn a_server_that_says_what_is_wrong_with_it_is_not_called_busy() {
        let answer = |body: &str| Answer { status: 500, headers: HeaderMap::new(), body: body.into() };
        let told = judged(answer(r#"{"detail":"the ledger of northwind is damaged: entry 20"}"#)).err();
        assert_eq!(told, Some(Trouble::Strange("the ledger of northwind is damaged: entry 20".into())));
        assert_eq!(judged(answer("{}")).err(), Some(Trouble::Busy { status: 500, after: None }));
    }
}

//! What went wrong, as RFC 9457 problem details: one table from errors to statuses.

use crate::app::error::{Error, Kind};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// An answer that is no.
#[derive(Debug)]
pub struct Problem {
    pub status: StatusCode,
    /// What, why and what to do, for a person.
    pub detail: String,
    /// The rule that forbids it, and whatever else helps a program.
    pub more: Map<String, Value>,
    /// Seconds until asking again may help.
    pub retry_after: Option<u64>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), more: Map::new(), retry_after: None }
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.more.insert(key.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// No token, or none that holds.
    pub fn unknown() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Show a token that holds: Authorization: Bearer …")
    }

    /// The same for what is not there and for what is another tenant's.
    pub fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such thing here, or not for this token.")
    }
}

/// The status of an error that no route expects.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Usage => StatusCode::BAD_REQUEST,
        Kind::Input | Kind::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Storage | Kind::Network | Kind::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Integrity => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = status(error.kind);
        let problem = Self::new(status, error.to_string());
        let problem = if status == StatusCode::SERVICE_UNAVAILABLE { problem.after(1) } else { problem };
        match error.hint {
            Some(hint) => problem.with("hint", hint),
            None => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(body) = body.as_object_mut() {
            body.extend(self.more);
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, kind, body.to_string()).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

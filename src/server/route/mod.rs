//! All routes, one row each. A route exists by its row: the router, the door and the OpenAPI document are made from it.

mod blobs;
mod changes;
mod dossier;
mod events;
mod evidence;
mod ledger;
mod room;
mod rooms;
mod system;

pub use ledger::ENTRY;

use super::auth;
use super::openapi::{Answer, Query};
use super::problem::Problem;
use super::public;
use super::site::Site;
use crate::app::host::Role;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post, put};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// One route.
#[derive(Debug)]
pub struct Row {
    pub id: Id,
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    pub summary: &'static str,
    pub query: &'static [Query],
    pub answer: Answer,
}

/// Which route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    Health,
    OpenApi,
    Metrics,
    Page,
    Readiness,
    Product,
    Room,
    Changes,
    Ledger,
    Events,
    PutBlob,
    GetBlob,
    Billing,
    Dossier,
    Rooms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
}

impl Method {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Whoever shows a token of the tenant, in this role or one that may more.
    Tenant(Role),
    /// Whoever shows a token of the tenant; which role it takes, each change says.
    Change,
    /// An operator, for all rooms the token may see.
    Portfolio,
}

const AS_OF: Query = Query { name: "after", what: "Only entries with a higher number.", kind: "integer", words: &[] };

/// The whole API.
pub const ROUTES: &[Row] = &[
    Row {
        id: Id::Health,
        method: Method::Get,
        path: "/api/health",
        access: Access::Public,
        summary: "Whether the server is alive and its database answers.",
        query: &[],
        answer: Answer::Json("Health"),
    },
    Row {
        id: Id::OpenApi,
        method: Method::Get,
        path: "/api/openapi.json",
        access: Access::Public,
        summary: "This document.",
        query: &[],
        answer: Answer::Json("Any"),
    },
    Row {
        id: Id::Metrics,
        method: Method::Get,
        path: "/metrics",
        access: Access::Public,
        summary: "Counters in the text format of Prometheus; no tenant and no person is in them.",
        query: &[],
        answer: Answer::Text("text/plain"),
    },
    Row {
        id: Id::Page,
        method: Method::Get,
        path: public::PAGE,
        access: Access::Public,
        summary: "The launch plan as a page.",
        query: &[],
        answer: Answer::Text("text/html"),
    },
    Row {
        id: Id::Readiness,
        method: Method::Get,
        path: "/api/product/readiness",
        access: Access::Public,
        summary: "What a plan alone can tell of readiness, with blockers.",
        query: &[Query { name: "strict", what: "`1` for strict readiness.", kind: "string", words: &[] }],
        answer: Answer::Json("Pack"),
    },
    Row {
        id: Id::Product,
        method: Method::Get,
        path: "/api/product/{name}",
        access: Access::Public,
        summary: "A pack cut from the plan; names of values only.",
        query: &[],
        answer: Answer::Json("Pack"),
    },
    Row {
        id: Id::Room,
        method: Method::Get,
        path: "/api/platform/launch-room",
        access: Access::Tenant(Role::Viewer),
        summary: "The room, the end of its ledger and its readiness. The ETag is the revision.",
        query: &[],
        answer: Answer::Json("Room"),
    },
    Row {
        id: Id::Changes,
        method: Method::Post,
        path: "/api/platform/launch-room/changes",
        access: Access::Change,
        summary: "Changes on the room of one revision, all or nothing. The same Idempotency-Key does it once.",
        query: &[],
        answer: Answer::Json("Changed"),
    },
    Row {
        id: Id::Ledger,
        method: Method::Get,
        path: "/api/platform/launch-room/ledger",
        access: Access::Tenant(Role::Viewer),
        summary: "Ledger entries, a page at a time.",
        query: &[AS_OF],
        answer: Answer::Json("Page"),
    },
    Row {
        id: Id::Events,
        method: Method::Get,
        path: "/api/platform/launch-room/events",
        access: Access::Tenant(Role::Viewer),
        summary: "Server-Sent Events, one per ledger entry; Last-Event-ID resumes without a gap. An event `here` names who else listens.",
        query: &[AS_OF],
        answer: Answer::Stream("text/event-stream"),
    },
    Row {
        id: Id::PutBlob,
        method: Method::Put,
        path: "/api/platform/evidence/blobs/{sha256}",
        access: Access::Tenant(Role::Member),
        summary: "Keeps captured bytes under their digest; as often as one likes.",
        query: &[],
        answer: Answer::Nothing,
    },
    Row {
        id: Id::GetBlob,
        method: Method::Get,
        path: "/api/platform/evidence/blobs/{sha256}",
        access: Access::Tenant(Role::Viewer),
        summary: "Captured bytes by their digest.",
        query: &[],
        answer: Answer::Bytes("application/octet-stream"),
    },
    Row {
        id: Id::Billing,
        method: Method::Get,
        path: "/api/platform/billing-evidence",
        access: Access::Tenant(Role::Viewer),
        summary: "The records at that target.",
        query: &[],
        answer: Answer::Json("Evidence"),
    },
    Row {
        id: Id::Dossier,
        method: Method::Get,
        path: "/api/platform/launch-dossier",
        access: Access::Tenant(Role::Viewer),
        summary: "The dossier, cut to what its reader may see; never more than the role of the token may.",
        query: &[
            Query { name: "audience", what: "For whom.", kind: "string", words: &["buyer", "customer", "operator"] },
            Query {
                name: "format",
                what: "`html` is the default, `zip` that of a download.",
                kind: "string",
                words: &["html", "md", "json", "zip"],
            },
            Query { name: "download", what: "`1` for a file to keep.", kind: "string", words: &[] },
        ],
        answer: Answer::Bytes("text/html"),
    },
    Row {
        id: Id::Rooms,
        method: Method::Get,
        path: "/api/platform/launch-rooms",
        access: Access::Portfolio,
        summary: "How the rooms stand that the token may see.",
        query: &[],
        answer: Answer::Json("Rooms"),
    },
];

/// All routes behind the door.
pub fn router(site: &Arc<Site>, stopped: &watch::Receiver<bool>) -> Router {
    let mut router = Router::new();
    for row in ROUTES {
        let door = from_fn_with_state((Arc::clone(site), row), auth::pass);
        router = router.route(row.path, handler(row.id, stopped).layer(door));
    }
    router
        .method_not_allowed_fallback(async |site| nowhere(&site, StatusCode::METHOD_NOT_ALLOWED, "This page does not take that."))
        .fallback(async |site| nowhere(&site, StatusCode::NOT_FOUND, "There is no such page here."))
        // Each route that takes a body bounds it itself.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(async |request, next: axum::middleware::Next| cautious(next.run(request).await)))
        .with_state(Arc::clone(site))
}

fn handler(id: Id, stopped: &watch::Receiver<bool>) -> MethodRouter<Arc<Site>> {
    match id {
        Id::Health => get(system::health),
        Id::OpenApi => get(system::openapi),
        Id::Metrics => get(system::metrics),
        Id::Page => get(public::page),
        Id::Readiness => get(public::readiness),
        Id::Product => get(public::product),
        Id::Room => get(room::room),
        Id::Changes => post(changes::changes),
        Id::Ledger => get(ledger::ledger),
        Id::Events => {
            let stopped = stopped.clone();
            get(move |site, visit, query, headers| events::events(site, visit, query, headers, stopped.clone()))
        }
        Id::PutBlob => put(blobs::put),
        Id::GetBlob => get(blobs::get),
        Id::Billing => get(evidence::billing),
        Id::Dossier => get(dossier::dossier),
        Id::Rooms => get(rooms::rooms),
    }
}

/// No row's. It is written down without what was asked: that is a stranger's text.
fn nowhere(State(site): &State<Arc<Site>>, status: StatusCode, told: &str) -> Problem {
    site.log.answered(None, None, status, Duration::ZERO);
    Problem::new(status, told)
}

/// What browsers and proxies make of an answer is said, not guessed.
fn cautious(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache, private"));
    response
}

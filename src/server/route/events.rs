//! Server-Sent Events: each entry as it is written, and who listens. A listener has a place in the ledger and no queue, so
//! a slow one costs nothing and misses nothing.

use super::super::hub::Seat;
use super::super::{
    asked::Asked,
    problem::Problem,
    site::{Site, Visit},
};
use super::ledger::after;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::watch;

/// Entries at once; the rest follows.
const AT_ONCE: usize = 256;

pub async fn events(
    State(site): State<Arc<Site>>,
    Extension(visit): Extension<Visit>,
    Asked(query): Asked,
    headers: HeaderMap,
    stopped: watch::Receiver<bool>,
) -> Result<Response, Problem> {
    // Seated before the room is read: what is written in between is heard.
    let seat = site.hub.sit(&visit.tenant, &visit.grant.name);
    let head = site.room(&visit).await?.head.seq;
    let last = match headers.get("last-event-id") {
        Some(id) => {
            let odd = || Problem::new(StatusCode::BAD_REQUEST, "Last-Event-ID is the number of an entry.");
            Some(id.to_str().ok().and_then(|id| id.trim().parse::<u64>().ok()).ok_or_else(odd)?)
        }
        None => after(&query)?,
    };
    if let Some(last) = last.filter(|last| *last > head) {
        let told = format!(
            "The ledger ends with entry {head}; there is no entry {last}. Read the room anew: it is not the one you know."
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, told).with("field", "after"));
    }
    site.metrics.listeners.fetch_add(1, Ordering::Relaxed);
    let sent = last.unwrap_or(head);
    let listener = Listener { site, visit, seat, stopped, sent, here: None, is_new: true };
    let body = Body::from_stream(stream::unfold(listener, async |mut listener| {
        let bytes = listener.next().await?;
        Some((Ok::<_, Infallible>(bytes), listener))
    }));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // A proxy that gathers events would make them late.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, body).into_response())
}

struct Listener {
    site: Arc<Site>,
    visit: Visit,
    seat: Seat,
    stopped: watch::Receiver<bool>,
    /// The last entry that was sent.
    sent: u64,
    /// Who was said to be here.
    here: Option<Vec<String>>,
    is_new: bool,
}

impl Listener {
    /// What to send next, once there is something; `None` when it is over.
    async fn next(&mut self) -> Option<Bytes> {
        let mut out = if std::mem::take(&mut self.is_new) { "retry: 1000\n\n".to_owned() } else { String::new() };
        loop {
            if *self.stopped.borrow() {
                return None;
            }
            let keep_alive = self.site.limits.keep_alive;
            self.seat.heard.borrow_and_update();
            // A token that no longer holds hears nothing more, however much there is to hear.
            if !self.site.still_holds(&self.visit.grant.id).await {
                return None;
            }
            self.gather(&mut out)?;
            if !out.is_empty() {
                return Some(out.into());
            }
            tokio::select! {
                changed = self.seat.heard.changed() => changed.ok()?,
                _ = self.stopped.changed() => return None,
                () = tokio::time::sleep(keep_alive) => out.push_str(":\n\n"),
            }
        }
    }

    fn gather(&mut self, out: &mut String) -> Option<()> {
        let here = self.site.hub.others(&self.visit.tenant, &self.visit.grant.name);
        if self.here.as_ref() != Some(&here) {
            let _ = write!(out, "event: here\ndata: {}\n\n", serde_json::json!(here));
            self.here = Some(here);
        }
        let held = self.site.house.remembered(&self.visit.tenant)?;
        for line in held.after(self.sent, AT_ONCE) {
            self.sent += 1;
            let _ = write!(out, "id: {}\ndata: {line}\n\n", self.sent);
        }
        Some(())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.site.metrics.listeners.fetch_sub(1, Ordering::Relaxed);
    }
}

//! Counters for `/metrics`, in the text format that Prometheus reads. No tenant and no person is in them.

use super::route::{ROUTES, Row};
use axum::http::StatusCode;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram's buckets, in milliseconds.
const BOUNDS: [u64; 9] = [1, 2, 5, 10, 25, 100, 250, 1000, 10_000];

/// One route's numbers.
#[derive(Default)]
struct Counted {
    /// By the first digit of the status, 1 to 5.
    status: [AtomicU64; 5],
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

/// All numbers. Kept in memory: they begin again with the process.
pub struct Metrics {
    routes: Vec<Counted>,
    pub listeners: AtomicU64,
    pub entries: AtomicU64,
    pub stale: AtomicU64,
    pub refused: AtomicU64,
    pub denied: AtomicU64,
    pub connections: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            routes: ROUTES.iter().map(|_| Counted::default()).collect(),
            listeners: AtomicU64::new(0),
            entries: AtomicU64::new(0),
            stale: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            denied: AtomicU64::new(0),
            connections: AtomicU64::new(0),
        }
    }
}

/// Adds one.
pub fn one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, row: &Row, status: StatusCode, took: Duration) {
        let Some(counted) = ROUTES.iter().position(|other| other.id == row.id).and_then(|at| self.routes.get(at)) else { return };
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(counter) = counted.status.get(class) {
            one(counter);
        }
        let millis = took.as_millis();
        if let Some(bucket) = BOUNDS.iter().position(|bound| millis <= u128::from(*bound)).and_then(|at| counted.buckets.get(at))
        {
            one(bucket);
        }
        one(&counted.count);
        counted.micros.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    /// As Prometheus reads it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.simple(&mut out);
        out += "# HELP launchroom_requests_total Requests answered.\n# TYPE launchroom_requests_total counter\n";
        for (row, counted) in ROUTES.iter().zip(&self.routes) {
            for (class, counter) in (1..).zip(&counted.status) {
                let count = counter.load(Ordering::Relaxed);
                if count > 0 {
                    let (method, path) = (row.method.as_str(), row.path);
                    let _ = writeln!(
                        out,
                        "launchroom_requests_total{{method=\"{method}\",route=\"{path}\",status=\"{class}xx\"}} {count}"
                    );
                }
            }
        }
        out += "# HELP launchroom_request_seconds Until the answer began.\n# TYPE launchroom_request_seconds histogram\n";
        for (row, counted) in ROUTES.iter().zip(&self.routes) {
            histogram(&mut out, row, counted);
        }
        out
    }

    fn simple(&self, out: &mut String) {
        for (name, kind, help, counter) in [
            ("connections", "gauge", "Connections that are open.", &self.connections),
            ("listeners", "gauge", "Streams of events that are open.", &self.listeners),
            ("entries_total", "counter", "Ledger entries written by this process.", &self.entries),
            ("changes_stale_total", "counter", "Changes made on a room that was another by then.", &self.stale),
            ("changes_refused_total", "counter", "Changes that a rule forbade.", &self.refused),
            ("tokens_denied_total", "counter", "Requests without a token that holds.", &self.denied),
        ] {
            let value = counter.load(Ordering::Relaxed);
            let _ = write!(out, "# HELP launchroom_{name} {help}\n# TYPE launchroom_{name} {kind}\nlaunchroom_{name} {value}\n");
        }
    }
}

fn histogram(out: &mut String, row: &Row, counted: &Counted) {
    let count = counted.count.load(Ordering::Relaxed);
    if count == 0 {
        return;
    }
    let labels = format!("method=\"{}\",route=\"{}\"", row.method.as_str(), row.path);
    let mut below = 0;
    for (bound, bucket) in BOUNDS.iter().zip(&counted.buckets) {
        below += bucket.load(Ordering::Relaxed);
        let _ = writeln!(out, "launchroom_request_seconds_bucket{{{labels},le=\"{}\"}} {below}", *bound as f64 / 1000.0);
    }
    let seconds = counted.micros.load(Ordering::Relaxed) as f64 / 1e6;
    let _ = writeln!(out, "launchroom_request_seconds_bucket{{{labels},le=\"+Inf\"}} {count}");
    let _ = writeln!(out, "launchroom_request_seconds_sum{{{labels}}} {seconds}");
    let _ = writeln!(out, "launchroom_request_seconds_count{{{labels}}} {count}");
}

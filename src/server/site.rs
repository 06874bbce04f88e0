//! What every route has at hand.

use super::hub::Hub;
use super::limit::{Failures, Limits};
use super::log::Log;
use super::metrics::Metrics;
use super::problem::Problem;
use crate::app::error::Error;
use crate::app::host::{Grant, Held, House};
use crate::domain::plan::Plan;
use axum::http::StatusCode;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// The server's parts. One for the whole process.
pub struct Site {
    pub house: Arc<House>,
    /// What of a plan anybody may read.
    pub plan: Arc<Plan>,
    pub hub: Arc<Hub>,
    pub limits: Limits,
    pub log: Log,
    pub metrics: Metrics,
    pub failures: Failures,
    /// Which tokens hold, for those who listen.
    holding: Mutex<Option<(Instant, BTreeSet<String>)>>,
}

/// Whoever listens is heard of anew so often, all of them at once.
const AGAIN: Duration = Duration::from_secs(1);

/// Somebody at the door who may come in, and whose room they want.
#[derive(Clone, Debug)]
pub struct Visit {
    pub grant: Arc<Grant>,
    pub tenant: String,
}

impl Site {
    #[must_use]
    pub fn new(house: Arc<House>, plan: Arc<Plan>, limits: Limits, log: Log) -> Arc<Self> {
        let hub = Arc::new(Hub::default());
        let bell = Arc::clone(&hub);
        house.on_change(Box::new(move |tenant, seq| bell.ring(tenant, seq)));
        let (metrics, failures) = (Metrics::default(), Failures::default());
        Arc::new(Self { house, plan, hub, limits, log, metrics, failures, holding: Mutex::default() })
    }

    /// Whether a token still holds, as of a second ago at most. A database that does not answer throws nobody out.
    pub async fn still_holds(self: &Arc<Self>, id: &str) -> bool {
        let mut holding = self.holding.lock().await;
        if holding.as_ref().is_none_or(|(since, _)| since.elapsed() >= AGAIN) {
            let asked = self.run(|house| Ok((house.shelf().issued()?, house.now()))).await;
            let Ok((issued, now)) = asked else { return true };
            let ids = issued.into_iter().filter(|issued| issued.grant.holds(now)).map(|issued| issued.grant.id);
            *holding = Some((Instant::now(), ids.collect()));
        }
        holding.as_ref().is_some_and(|(_, ids)| ids.contains(id))
    }

    /// Does what may wait for a disk, on a thread that may.
    ///
    /// # Errors
    /// What `work` says.
    pub async fn run<T, F>(self: &Arc<Self>, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Arc<House>) -> Result<T, Error> + Send + 'static,
    {
        let house = Arc::clone(&self.house);
        match tokio::task::spawn_blocking(move || work(&house)).await {
            Ok(done) => Ok(done.inspect_err(|error| self.log.trouble(error))?),
            Err(_) => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The server has a fault; its log says more.")),
        }
    }

    /// The room of a visit.
    ///
    /// # Errors
    /// When there is none.
    pub async fn room(self: &Arc<Self>, visit: &Visit) -> Result<Held, Problem> {
        let tenant = visit.tenant.clone();
        self.run(move |house| house.room(&tenant)).await?.ok_or_else(Problem::absent)
    }
}

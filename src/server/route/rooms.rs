//! The portfolio: how all rooms stand that a token may see.

use super::super::{
    problem::Problem,
    site::{Site, Visit},
};
use crate::app::host::House;
use crate::app::open::Opened;
use crate::app::portfolio::{self, json};
use crate::domain::gate;
use axum::Json;
use axum::extract::{Extension, State};
use serde_json::{Value, json};
use std::sync::Arc;

pub async fn rooms(State(site): State<Arc<Site>>, Extension(visit): Extension<Visit>) -> Result<Json<Value>, Problem> {
    let rows = site
        .run(move |house| {
            let all = house.shelf().tenants()?;
            let theirs = all.iter().filter(|tenant| visit.grant.tenants.include(tenant));
            Ok(theirs.filter_map(|tenant| row(house, tenant)).collect::<Vec<Value>>())
        })
        .await?;
    Ok(Json(json!({ "schema": 1, "rooms": rows })))
}

/// One that cannot be read has its row all the same, and says why.
fn row(house: &Arc<House>, tenant: &str) -> Option<Value> {
    let held = match house.room(tenant) {
        Ok(held) => held?,
        Err(error) => return Some(json!({ "room": { "id": tenant }, "error": json::why(&error) })),
    };
    let snapshot = house.snapshot(tenant, &held);
    let readiness = gate::evaluate(&snapshot.plan, &snapshot.room, &snapshot.ledger, house.now());
    Some(json::standing(&portfolio::standing(&Opened { snapshot, readiness })))
}

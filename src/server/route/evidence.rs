//! Records by their target.

use super::super::{
    problem::Problem,
    site::{Site, Visit},
};
use crate::app::evidence::{self, json};
use crate::app::host::Hosted;
use crate::app::open;
use axum::Json;
use axum::extract::{Extension, State};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const BILLING: &str = "billing-evidence";

pub async fn billing(State(site): State<Arc<Site>>, Extension(visit): Extension<Visit>) -> Result<Json<Value>, Problem> {
    let held = site.room(&visit).await?;
    let records = site
        .run(move |house| {
            let store = Hosted { house: Arc::clone(house), tenant: visit.tenant };
            let opened = open::evaluate(&store, held.snapshot(BTreeMap::new()), house.now());
            let records = evidence::records(&store, &opened);
            let there = records.iter().filter(|record| *record.attached.target.as_str() == *BILLING);
            Ok(there.map(json::record).collect::<Vec<Value>>())
        })
        .await?;
    Ok(Json(json!({ "schema": 1, "target": BILLING, "evidence": records })))
}

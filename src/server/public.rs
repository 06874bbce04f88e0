//! The public routes: the plan and the packs cut from it. Nothing of a tenant is in them.

use super::asked::{Asked, Named};
use super::problem::Problem;
use super::site::Site;
use crate::domain::plan::Plan;
use crate::format::pack;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Where the page is for people.
pub const PAGE: &str = "/first-customer-launch-plan";

/// The public routes of one plan and nothing else, for a demo.
pub fn router(plan: Arc<Plan>) -> Router {
    Router::new()
        .route("/api/health", get(async || Json(healthy())))
        .route(PAGE, get(async |State(plan): State<Arc<Plan>>| Html(pack::page(&plan))))
        .route(
            "/api/product/readiness",
            get(async |State(plan): State<Arc<Plan>>, Asked(query): Asked| readiness_of(&plan, &query)),
        )
        .route("/api/product/{name}", get(async |State(plan): State<Arc<Plan>>, Named(name): Named| pack_of(&plan, &name)))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "There is no such page here."))
        .with_state(plan)
}

pub async fn page(State(site): State<Arc<Site>>) -> Html<String> {
    Html(pack::page(&site.plan))
}

pub async fn product(State(site): State<Arc<Site>>, Named(name): Named) -> Response {
    pack_of(&site.plan, &name)
}

pub async fn readiness(State(site): State<Arc<Site>>, Asked(query): Asked) -> Json<Value> {
    readiness_of(&site.plan, &query)
}

pub fn healthy() -> Value {
    json!({ "schema": 1, "status": "ok" })
}

fn pack_of(plan: &Plan, name: &str) -> Response {
    match pack::pack(plan, name) {
        Some(pack) => Json(pack).into_response(),
        None => Problem::new(StatusCode::NOT_FOUND, "There is no such page here.").into_response(),
    }
}

fn readiness_of(plan: &Plan, query: &BTreeMap<String, String>) -> Json<Value> {
    let strict = query.get("strict").is_some_and(|value| value == "1" || value == "true");
    Json(pack::readiness(plan, strict))
}

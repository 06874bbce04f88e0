//! The public routes: the plan and the packs cut from it.

use crate::domain::plan::Plan;
use crate::format::pack;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// All public routes of one plan.
pub fn router(plan: Arc<Plan>) -> Router {
    Router::new()
        .route("/api/health", get(health))
        .route("/first-customer-launch-plan", get(page))
        .route("/api/product/readiness", get(readiness))
        .route("/api/product/{name}", get(product))
        .fallback(nothing_here)
        .with_state(plan)
}

async fn health() -> Json<Value> {
    Json(json!({ "schema": 1, "status": "ok" }))
}

async fn page(State(plan): State<Arc<Plan>>) -> Html<String> {
    Html(pack::page(&plan))
}

async fn product(State(plan): State<Arc<Plan>>, Path(name): Path<String>) -> Response {
    match pack::pack(&plan, &name) {
        Some(pack) => Json(pack).into_response(),
        None => nothing_here().await,
    }
}

async fn readiness(State(plan): State<Arc<Plan>>, Query(query): Query<BTreeMap<String, String>>) -> Json<Value> {
    let strict = query.get("strict").is_some_and(|value| value == "1" || value == "true");
    Json(pack::readiness(&plan, strict))
}

/// RFC 9457 problem details.
async fn nothing_here() -> Response {
    let body = json!({ "type": "about:blank", "title": "Not found", "status": 404, "detail": "There is no such page here." });
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

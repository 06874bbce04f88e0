//! The server itself: alive, described, counted.

use super::super::{openapi, problem::Problem, public, site::Site};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::Arc;

pub async fn health(State(site): State<Arc<Site>>) -> Result<Json<Value>, Problem> {
    site.run(|house| house.shelf().ping()).await?;
    Ok(Json(public::healthy()))
}

pub async fn openapi() -> Json<Value> {
    Json(openapi::document())
}

pub async fn metrics(State(site): State<Arc<Site>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], site.metrics.text()).into_response()
}

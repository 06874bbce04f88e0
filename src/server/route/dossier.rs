//! The dossier, for whoever the token stands for.

use super::super::{
    asked::Asked,
    problem::Problem,
    site::{Site, Visit},
};
use crate::app::export::{self, Form, Wish};
use crate::app::host::{Hosted, Role};
use crate::app::open;
use crate::present::audience::Audience;
use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::sync::Arc;

pub async fn dossier(
    State(site): State<Arc<Site>>,
    Extension(visit): Extension<Visit>,
    Asked(query): Asked,
) -> Result<Response, Problem> {
    let asked = |key: &str| query.get(key).map(String::as_str);
    let is_download = matches!(asked("download"), Some("1" | "true"));
    let audience = audience(visit.grant.role, asked("audience"))?;
    let (form, kind, ending) = match asked("format") {
        Some("html") => (Form::Html, "text/html; charset=utf-8", "html"),
        None if !is_download => (Form::Html, "text/html; charset=utf-8", "html"),
        Some("md") => (Form::Markdown, "text/markdown; charset=utf-8", "md"),
        Some("json") => (Form::Json, "application/json", "json"),
        Some("zip") | None => (Form::Zip, "application/zip", "zip"),
        Some(_) => {
            let detail = "A dossier has the format html, md, json or zip.";
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail).with("field", "format"));
        }
    };
    let held = site.room(&visit).await?;
    let name = format!("{}-{}.{ending}", visit.tenant, audience.as_str());
    let bytes = site
        .run(move |house| {
            let store = Hosted { house: Arc::clone(house), tenant: visit.tenant };
            let opened = open::evaluate(&store, held.snapshot(BTreeMap::new()), house.now());
            let wish = Wish { audience, as_of: None, include: Vec::new(), form, secrets: Vec::new() };
            export::export_of(&store, &opened, &wish).map(|made| made.bytes)
        })
        .await?;
    let place = if is_download { format!("attachment; filename=\"{name}\"") } else { "inline".to_owned() };
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox".to_owned();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, place),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, bytes).into_response())
}

/// Nobody gets more than their role may see.
fn audience(role: Role, asked: Option<&str>) -> Result<Audience, Problem> {
    let most = match role {
        Role::Viewer => Audience::Buyer,
        Role::Customer | Role::Member => Audience::Customer,
        Role::Operator => Audience::Operator,
    };
    let wanted = match asked {
        None => most,
        Some("buyer") => Audience::Buyer,
        Some("customer") => Audience::Customer,
        Some("operator") => Audience::Operator,
        Some(_) => {
            let detail = "A dossier is for a buyer, customer or operator.";
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail).with("field", "audience"));
        }
    };
    let rank = |audience: Audience| match audience {
        Audience::Buyer => 0,
        Audience::Customer => 1,
        Audience::Operator => 2,
    };
    if rank(wanted) > rank(most) {
        let detail = format!("A token with the role {role} gets the dossier for the {} at most.", most.as_str());
        return Err(Problem::new(StatusCode::FORBIDDEN, detail).with("rule", "role.may-not"));
    }
    Ok(wanted)
}

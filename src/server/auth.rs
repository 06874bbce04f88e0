//! The door: who shows which token, and whether it opens this route for this tenant. A token of one tenant learns nothing
//! of another: what is not its own is absent.

use super::metrics::one;
use super::problem::Problem;
use super::route::{Access, Row};
use super::site::{Site, Visit};
use crate::app::host::{Grant, MAY_NOT, Role, Tenants};
use crate::format::api::ROLE;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

/// Where a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// No token is longer.
const TOKEN: usize = 512;

/// Lets a request through to its route, or not; counts it, and writes it down.
pub async fn pass(State((site, row)): State<(Arc<Site>, &'static Row)>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let knock = Knock::of(&request);
    let mut grant = None;
    let entered = enter(&site, row, knock, &mut grant).await;
    let mut response = match entered {
        Ok(visit) => {
            if let Some(visit) = visit {
                request.extensions_mut().insert(visit);
            }
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    if let Some(grant) = &grant {
        // So that a client need not let its user type what will be refused.
        response.headers_mut().insert(HeaderName::from_static(ROLE), HeaderValue::from_static(grant.role.as_str()));
    }
    site.metrics.answered(row, response.status(), start.elapsed());
    site.log.answered(Some(row), grant.as_deref(), response.status(), start.elapsed());
    response
}

/// What the door looks at.
struct Knock {
    token: Option<String>,
    address: IpAddr,
    tenant: Result<Option<String>, Problem>,
}

impl Knock {
    fn of(request: &Request) -> Self {
        let address = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip());
        let tenant = named_tenant(request.uri().query().unwrap_or_default());
        Self { token: bearer(request.headers()), address, tenant }
    }
}

/// `shown` is whose token it is, also of somebody who may not come in.
async fn enter(site: &Arc<Site>, row: &Row, knock: Knock, shown: &mut Option<Arc<Grant>>) -> Result<Option<Visit>, Problem> {
    let least = match row.access {
        Access::Public => return Ok(None),
        Access::Tenant(least) => Some(least),
        Access::Change => Some(Role::Viewer),
        Access::Portfolio => None,
    };
    let grant = Arc::new(who(site, knock.token, knock.address).await?);
    *shown = Some(Arc::clone(&grant));
    let Some(least) = least else {
        allowed(&grant, Role::Operator)?;
        return Ok(Some(Visit { grant, tenant: String::new() }));
    };
    let tenant = tenant(site, &grant, knock.tenant?).await?;
    allowed(&grant, least)?;
    Ok(Some(Visit { grant, tenant }))
}

async fn who(site: &Arc<Site>, token: Option<String>, address: IpAddr) -> Result<Grant, Problem> {
    let Some(token) = token else { return Err(denied(site, None)) };
    match site.run(move |house| house.who(&token)).await? {
        Some(grant) => Ok(grant),
        None => Err(denied(site, Some(address))),
    }
}

/// A wrong token counts; none at all is no guess.
fn denied(site: &Site, address: Option<IpAddr>) -> Problem {
    one(&site.metrics.denied);
    match address.and_then(|address| site.failures.count(address)) {
        Some(seconds) => Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too many wrong tokens from this address.").after(seconds),
        None => Problem::unknown(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let mut shown = headers.get_all(header::AUTHORIZATION).iter();
    // Of two, a proxy may have meant the one and we the other.
    let (Some(value), None) = (shown.next(), shown.next()) else { return None };
    let value = value.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= TOKEN).then(|| token.to_owned())
}

fn allowed(grant: &Grant, least: Role) -> Result<(), Problem> {
    if grant.role >= least {
        return Ok(());
    }
    let detail = format!("{} has the role {}; this takes the role {least}.", grant.name, grant.role);
    Err(Problem::new(StatusCode::FORBIDDEN, detail).with("rule", MAY_NOT))
}

fn named_tenant(query: &str) -> Result<Option<String>, Problem> {
    let mut named = query.split('&').filter_map(|pair| pair.strip_prefix("tenant="));
    let first = named.next();
    if named.any(|other| Some(other) != first) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "Name one tenant, once.").with("field", "tenant"));
    }
    // An id of a tenant has no character that a query would have to spell otherwise: another one is nobody's.
    Ok(first.map(str::to_owned))
}

async fn tenant(site: &Arc<Site>, grant: &Grant, named: Option<String>) -> Result<String, Problem> {
    if let Some(named) = named {
        return if grant.tenants.include(&named) { Ok(named) } else { Err(Problem::absent()) };
    }
    let theirs: Vec<String> = match &grant.tenants {
        Tenants::Only(names) => names.iter().cloned().collect(),
        Tenants::All => site.run(|house| house.shelf().tenants()).await?,
    };
    match theirs.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Problem::absent()),
        several => {
            let detail = format!("This token sees several rooms: name one with ?tenant=, e.g. ?tenant={}.", several[0]);
            Err(Problem::new(StatusCode::BAD_REQUEST, detail).with("field", "tenant"))
        }
    }
}

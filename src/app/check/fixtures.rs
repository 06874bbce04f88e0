//! What only a deployment with a tenant, an operator and vendors behind it can show. A route that is not there is a failed
//! check with a reason, never a skipped one.

use super::ask::{Ask, json};
use super::{Order, Request, scim};
use crate::app::error::Error;

/// Signs a tenant member in, where the locked env file has it.
const TOKEN: &str = "LAUNCHROOM_TOKEN";
const ROOM: &str = "/api/platform/launch-room";

/// The fixtures of a paid beta: each id, and the route that has to be there before the fixture can even be tried.
const FIXTURES: [(&str, &str); 9] = [
    ("issuer-fixture", "/api/platform/fixtures/issuer"),
    ("evidence-fixture", "/api/platform/fixtures/evidence"),
    ("audit-export-fixture", "/api/platform/fixtures/audit-export"),
    ("privacy-fixture", "/api/platform/fixtures/privacy"),
    ("support-notification", "/api/platform/fixtures/support-notification"),
    ("stripe-checkout", "/api/platform/fixtures/stripe"),
    ("enterprise-sso", "/api/platform/fixtures/sso"),
    ("hris-sync", "/api/platform/fixtures/hris"),
    ("official-issuer", "/api/platform/fixtures/official-issuer"),
];

/// Every fixture, SCIM included.
pub fn all(ask: &mut Ask<'_>, order: &Order<'_>) -> Result<(), Error> {
    access(ask, order)?;
    for (id, route) in FIXTURES {
        let page = ask.page(route)?;
        let why = match page.status {
            0 => format!("{route} {}", page.trouble.unwrap_or_default()),
            404 => format!("{route} is not deployed"),
            401 | 403 => format!("{route} wants a tenant member; none is signed in here"),
            status => format!("{route} answered {status}; this check cannot tell a pass from it"),
        };
        ask.note(id, false, why);
    }
    scim::fixture(ask, order)
}

/// The room opens for a tenant member, and for nobody else.
fn access(ask: &mut Ask<'_>, order: &Order<'_>) -> Result<(), Error> {
    let id = "authenticated-access";
    let stranger = ask.page(ROOM)?;
    if !matches!(stranger.status, 401 | 403 | 404) {
        ask.note(id, false, format!("{ROOM} answered {} to somebody without a token", stranger.status));
        return Ok(());
    }
    let Some(token) = order.value(TOKEN) else {
        let missing = match stranger.status {
            404 => format!("{ROOM} is not deployed, or hides from strangers; {TOKEN} in the env file would tell"),
            _ => format!("{ROOM} wants a tenant member; {TOKEN} is not in the env file"),
        };
        ask.note(id, false, missing);
        return Ok(());
    };
    let member = ask.send(&Request { bearer: Some(token), ..Request::get(ROOM) })?;
    let why = json(&member).err();
    let detail = why.as_ref().map_or_else(|| "opens for the member, refuses a stranger".into(), |why| format!("{ROOM} {why}"));
    ask.note(id, why.is_none(), detail);
    Ok(())
}

//! What only a deployment with a tenant, an operator and vendors behind it can show. A route that is not there is a failed
//! check with a reason, never a skipped one.

use super::ask::Ask;
use crate::app::error::Error;

/// The fixtures of a paid beta: each id, and the route that has to be there before the fixture can even be tried.
const FIXTURES: [(&str, &str); 10] = [
    ("authenticated-access", "/api/platform/launch-room"),
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
pub fn all(ask: &mut Ask<'_>) -> Result<(), Error> {
    for (id, route) in FIXTURES {
        let page = ask.page(route)?;
        let why = match page.status {
            404 => format!("{route} is not deployed"),
            401 | 403 => format!("{route} wants a tenant member; none is signed in here"),
            status => format!("{route} answered {status}; this check cannot tell a pass from it"),
        };
        ask.note(id, false, why);
    }
    scim(ask)
}

/// Whether users could be provisioned for this tenant at all.
pub fn scim(ask: &mut Ask<'_>) -> Result<(), Error> {
    let route = "/api/scim/v2/ServiceProviderConfig";
    let page = ask.page(route)?;
    let there = page.status == 200;
    ask.note("scim-service-provider", there, format!("{route} answered {}", page.status));
    let why = if there { "not tried without a token of this tenant" } else { "there is no SCIM service to try it on" };
    for id in ["scim-create", "scim-update", "scim-group-mapping", "scim-deprovision"] {
        ask.note(id, false, why);
    }
    Ok(())
}

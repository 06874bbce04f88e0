//! Who may do what: every route, with every kind of token, for every kind of room. A route without a row here fails.

use crate::backend::TENANT;
use crate::http::{Told, Visitor};
use crate::served::{Served, everywhere};
use crate::wire::{asks, owner, revision};
use launchroom::domain::ids::Digest;
use launchroom::server::route::{Id, ROUTES, Row};
use serde_json::json;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};

const ROLES: [&str; 4] = ["viewer", "customer", "member", "operator"];

/// What a route answers in the room of one's own, role by role as in [`ROLES`].
enum Expected {
    Anybody,
    Own([u16; 4]),
    /// Of no tenant: a room in the query changes nothing.
    All([u16; 4]),
}

use Expected::{All, Anybody, Own};

const TABLE: &[(Id, Expected)] = &[
    (Id::Health, Anybody),
    (Id::OpenApi, Anybody),
    (Id::Metrics, Anybody),
    (Id::Page, Anybody),
    (Id::Readiness, Anybody),
    (Id::Product, Anybody),
    (Id::Room, Own([200; 4])),
    (Id::Changes, Own([403, 200, 200, 200])),
    (Id::Ledger, Own([200; 4])),
    (Id::Events, Own([200; 4])),
    (Id::PutBlob, Own([403, 403, 204, 204])),
    (Id::GetBlob, Own([200; 4])),
    (Id::Billing, Own([200; 4])),
    (Id::Dossier, Own([200; 4])),
    (Id::Rooms, All([403, 403, 403, 200])),
];

const BYTES: &[u8] = b"invoice 4711, to be paid by Northwind\n";

fn expected(row: &Row) -> &'static Expected {
    let found = TABLE.iter().find(|(id, _)| *id == row.id);
    &found.unwrap_or_else(|| panic!("{:?} {} has no row: say who may", row.method, row.path)).1
}

/// A request that would go well, for whoever may.
fn knock(row: &Row, visitor: &Visitor, tenant: Option<&str>, base: &str) -> Told {
    let path = row.path.replace("{sha256}", &Digest::of(BYTES).to_hex()).replace("{name}", "commercial-pack");
    let path = tenant.map_or(path.clone(), |tenant| format!("{path}?tenant={tenant}"));
    let body = json!({ "base_revision": base, "changes": [owner("tenant-owner", "Mara Lindt")] });
    match row.id {
        Id::Changes => visitor.post(&path, &body, &[]),
        Id::PutBlob => visitor.put(&path, BYTES),
        Id::Events => visitor.first_of(&path),
        _ => visitor.get(&path),
    }
}

/// A guess from an address of its own: the door counts wrong tokens.
fn from_elsewhere(visitor: &Visitor) -> Visitor {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Visitor { from: Ipv4Addr::new(127, 1, (number / 200) as u8, (number % 200) as u8 + 1), ..visitor.clone() }
}

struct World {
    served: Served,
    /// Sees all rooms.
    all: Visitor,
}

impl World {
    fn new(served: Served) -> Self {
        let served = served.bring_in("acme").bring_in("zeta");
        let all = served.visitor().with(&served.token("operator", "All", &["--all-tenants"]));
        let blob = format!("/api/platform/evidence/blobs/{}?tenant={TENANT}", Digest::of(BYTES).to_hex());
        assert_eq!(all.put(&blob, BYTES).status, 204);
        Self { served, all }
    }

    fn base(&self, tenant: &str) -> String {
        let room = self.all.get(&format!("/api/platform/launch-room?tenant={tenant}")).json();
        room["revision"].as_str().unwrap().to_owned()
    }

    fn tokens(&self, tenants: &[&str]) -> [Visitor; 4] {
        ROLES.map(|role| self.served.visitor().with(&self.served.token(role, role, tenants)))
    }
}

#[test]
fn every_route_has_a_row_that_says_who_may() {
    for row in ROUTES {
        expected(row);
    }
    assert_eq!(TABLE.len(), ROUTES.len());
}

#[test]
fn without_a_token_that_holds_only_what_is_public_answers_and_all_refusals_are_the_same() {
    for on in everywhere() {
        let world = World::new(Served::on(on));
        let desk = &world.served.desk;
        let ended = world.served.token("operator", "Ended", &["--tenant", TENANT, "--expires", "1s"]);
        let revoked = world.served.token("operator", "Revoked", &["--tenant", TENANT]);
        let listed = desk.json(&["token", "list", "--json", "--database", &world.served.database]);
        let listed = listed["tokens"].as_array().unwrap();
        let id = listed.iter().find(|token| token["name"] == "Revoked").unwrap()["id"].as_str().unwrap();
        desk.ok(&["token", "revoke", id, "--database", &world.served.database]);
        let nobody = world.served.visitor();
        let (ended, wrong) = (nobody.with(&ended), nobody.with(&format!("lrtok_{}", "0".repeat(64))));
        let room = |visitor: &Visitor| from_elsewhere(visitor).get("/api/platform/launch-room").status;
        while room(&ended) != 401 {
            std::thread::yield_now();
        }
        let kinds = [("none", nobody.clone()), ("wrong", wrong), ("ended", ended), ("revoked", nobody.with(&revoked))];
        let like = nobody.get("/api/platform/launch-room").body;
        for row in ROUTES {
            for (kind, visitor) in &kinds {
                for tenant in [None, Some(TENANT), Some("acme"), Some("nobody")] {
                    let told = knock(row, &from_elsewhere(visitor), tenant, "x");
                    let shown = format!("{on:?} {:?} {} {kind} {tenant:?}", row.method, row.path);
                    match expected(row) {
                        Anybody => assert_eq!(told.status, 200, "{shown}"),
                        Own(_) | All(_) => {
                            assert_eq!((told.status, told.header("www-authenticate")), (401, "Bearer"), "{shown}");
                            assert_eq!(told.body, like, "{shown}");
                        }
                    }
                }
            }
        }
        assert_eq!(world.base(TENANT), revision(&world.all_of(TENANT)));
    }
}

#[test]
fn each_role_may_in_its_own_rooms_what_the_table_says() {
    for on in everywhere() {
        let world = World::new(Served::on(on));
        let one = world.tokens(&["--tenant", TENANT]);
        let several = world.tokens(&["--tenant", TENANT, "--tenant", "zeta"]);
        let all = world.tokens(&["--all-tenants"]);
        for (scope, tokens, unnamed) in [("one", &one, None), ("several", &several, Some(400)), ("all", &all, Some(400))] {
            for row in ROUTES {
                for (at, visitor) in tokens.iter().enumerate() {
                    let shown = format!("{on:?} {:?} {} {} of {scope}", row.method, row.path, ROLES[at]);
                    let may = match expected(row) {
                        Anybody => 200,
                        Own(may) | All(may) => may[at],
                    };
                    let named = knock(row, visitor, Some(TENANT), &world.base(TENANT));
                    assert_eq!(named.status, may, "{shown}: {}", String::from_utf8_lossy(&named.body));
                    let told = knock(row, visitor, None, &world.base(TENANT));
                    let may_unnamed = if matches!(expected(row), Own(_)) { unnamed.unwrap_or(may) } else { may };
                    assert_eq!(told.status, may_unnamed, "{shown}, no room named");
                }
            }
        }
        let elsewhere = knock(row_of(Id::Changes), &all[3], Some("acme"), &world.base("acme"));
        assert_eq!(elsewhere.status, 200, "a token of all rooms goes everywhere");
    }
}

#[test]
fn a_room_of_somebody_else_is_absent_as_if_it_did_not_exist() {
    for on in everywhere() {
        let world = World::new(Served::on(on));
        let one = world.tokens(&["--tenant", TENANT]);
        let several = world.tokens(&["--tenant", TENANT, "--tenant", "zeta"]);
        let ghosts = world.tokens(&["--tenant", "ghost"]);
        let before = world.base("acme");
        for row in ROUTES.iter().filter(|row| matches!(expected(row), Own(_))) {
            for (scope, tokens) in [("one", &one), ("several", &several), ("ghost", &ghosts)] {
                for (at, visitor) in tokens.iter().enumerate() {
                    let shown = format!("{on:?} {:?} {} {} of {scope}", row.method, row.path, ROLES[at]);
                    let foreign = knock(row, visitor, Some("acme"), &before);
                    let unknown = knock(row, visitor, Some("nobody"), &before);
                    assert_eq!((foreign.status, unknown.status), (404, 404), "{shown}");
                    assert_eq!(foreign.body, unknown.body, "{shown}");
                    for odd in ["", "ACME", "acme%00", "*", "northwind%2Cacme", "../acme", "acme&tenant=northwind"] {
                        let told = knock(row, visitor, Some(odd), &before);
                        assert!(matches!(told.status, 400 | 404), "{shown} {odd:?}: {}", told.status);
                    }
                }
            }
            // A token may be made before its room is there.
            for (at, visitor) in ghosts.iter().enumerate() {
                let Own(may) = expected(row) else { continue };
                let absent = if may[at] == 403 { 403 } else { 404 };
                let told = knock(row, visitor, Some("ghost"), "0-0000000000000000");
                assert_eq!(told.status, absent, "{on:?} {} {}", row.path, ROLES[at]);
            }
        }
        assert_eq!(world.base("acme"), before, "nothing was changed there");
    }
}

#[test]
fn bytes_of_one_tenant_are_not_there_for_another() {
    for on in everywhere() {
        let world = World::new(Served::on(on));
        let acme = world.served.visitor().with(&world.served.token("operator", "Bo", &["--tenant", "acme"]));
        let blob = |digest: Digest| format!("/api/platform/evidence/blobs/{}", digest.to_hex());
        let (theirs, unknown) = (acme.get(&blob(Digest::of(BYTES))), acme.get(&blob(Digest::of(b"unknown"))));
        assert_eq!((theirs.status, &theirs.body), (404, &unknown.body));
        let record = json!({ "change": "attach_evidence", "target": "billing-evidence", "class": "tenant", "outcome": "reference",
            "digest": Digest::of(BYTES).to_hex(), "size": BYTES.len() });
        let body = json!({ "base_revision": revision(&acme), "changes": [record] });
        let refused = acme.post("/api/platform/launch-room/changes", &body, &[]);
        assert_eq!((refused.status, refused.rule().as_str()), (422, "evidence.no-bytes"), "nor can it be spoken of");
        // The digest is kept once more, by whoever has the bytes.
        assert_eq!(acme.put(&blob(Digest::of(BYTES)), b"guessed").status, 422);
        assert_eq!(acme.put(&blob(Digest::of(BYTES)), BYTES).status, 204);
        assert_eq!(acme.get(&blob(Digest::of(BYTES))).body, BYTES);
    }
}

#[test]
fn within_a_room_each_change_takes_its_role() {
    for on in everywhere() {
        let world = World::new(Served::on(on));
        let tokens = world.tokens(&["--tenant", TENANT]);
        let sign = json!({ "change": "sign_exclusion", "covers": "stripe", "wording": "No self-serve checkout in the pilot.",
            "signed_by": "Ingrid Aasen", "until": "2099-01-01", "reference": null });
        let decide = json!({ "change": "record_decision", "stage": "hold", "outcome": "deferred", "customer": "Ingrid Aasen",
            "operator": "Jonas Okafor", "reference": null, "note": null });
        let tick = json!({ "change": "set_task", "step": "scope", "task": "wording", "done": true });
        let locked = json!({ "change": "attach_evidence", "target": "fixture-evidence", "class": "locked", "outcome": "reference",
            "reference": "in the locked shell" });
        for (name, change, least) in [
            ("a customer's role", owner("tenant-owner", "Mara"), 1),
            ("a vendor's role", owner("implementation-owner", "Jonas"), 3),
            ("scope", json!({ "change": "set_scope", "field": "cohort", "value": "20 drivers" }), 1),
            ("an exclusion", sign, 1),
            ("a task", tick, 2),
            ("a question", asks("scope.cohort"), 2),
            ("a dependency", json!({ "change": "set_dependency", "dependency": "stripe", "launch_room": "manual" }), 3),
            ("a decision", decide, 3),
            ("a locked record", locked, 3),
        ] {
            for (at, visitor) in tokens.iter().enumerate() {
                let told = crate::wire::now(visitor, std::slice::from_ref(&change));
                let (shown, body) = (format!("{on:?} {name} by {}", ROLES[at]), String::from_utf8_lossy(&told.body));
                if at < least {
                    assert_eq!(told.status, 403, "{shown}: {body}");
                    let named = format!("has the role {}; this takes the role {}.", ROLES[at], ROLES[least]);
                    assert!(told.rule() == "role.may-not" && body.contains(&named), "{shown}: {body}");
                } else {
                    assert!(matches!(told.status, 200 | 422), "{shown}: {} {body}", told.status);
                    assert_ne!(told.json()["rule"], "request.shape", "{shown}: {body}");
                }
            }
        }
    }
}

#[test]
fn guessing_is_slowed_down_and_a_right_token_comes_in_all_the_same() {
    for on in everywhere() {
        let served = Served::on(on);
        let ada = Visitor { from: Ipv4Addr::new(127, 2, 0, 1), ..served.somebody("viewer", "Ada") };
        let guess = ada.with("lrtok_guess");
        let statuses: Vec<u16> = (0..40).map(|_| guess.get("/api/platform/launch-room").status).collect();
        assert!(statuses.starts_with(&[401; 30]) && statuses.ends_with(&[429; 10]), "{statuses:?}");
        assert!(!guess.get("/api/platform/launch-room").header("retry-after").is_empty());
        assert_eq!(ada.get("/api/platform/launch-room").status, 200);
    }
}

fn row_of(id: Id) -> &'static Row {
    ROUTES.iter().find(|row| row.id == id).unwrap()
}

impl World {
    fn all_of(&self, tenant: &str) -> Visitor {
        self.served.visitor().with(&self.served.token("operator", "One", &["--tenant", tenant]))
    }
}

//! Provisioning through SCIM 2.0 (RFC 7643, RFC 7644): a user is made, changed, put into a group and taken away again.
//!
//! Whatever was made at the deployment is taken away before this returns, also when a step fails or somebody stops it.
//! Nothing that the service says is repeated: a status says enough, and its texts may hold what must not be shown.

use super::ask::{Ask, json};
use super::{Order, Page, Request};
use crate::app::error::{Error, Kind};
use serde_json::{Value, json};

const TOKEN: &str = "THESMIOS_SCIM_TOKEN";
const MEDIA: &str = "application/scim+json";
/// Where a service may lie, the usual place first.
const BASES: [&str; 5] = ["/api/scim/v2", "/scim/v2", "/api/platform/scim/v2", "/api/scim", "/scim"];
/// What is made here begins so, for whoever finds one.
const PREFIX: &str = "launchroom-check-";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const STEPS: [&str; 4] = ["scim-create", "scim-update", "scim-group-mapping", "scim-deprovision"];

/// Makes all of its checks, or says of each why it could not be made.
pub fn fixture(ask: &mut Ask<'_>, order: &Order<'_>) -> Result<(), Error> {
    let (base, patches) = match service(ask, order)? {
        Ok(found) => found,
        Err(why) => {
            all_failed(ask, why);
            return Ok(());
        }
    };
    let Some(token) = order.value(TOKEN) else {
        let why = format!("{TOKEN} is not set: it comes from the environment or from --env-file, never from an argument");
        all_failed(ask, &why);
        return Ok(());
    };
    let mut round = Round { base, token, name: format!("{PREFIX}{}", order.mark), patches, user: None, group: None };
    let went = round.steps(ask);
    // Also after a failure: nobody wants to find our user in a customer's directory.
    round.clean(ask);
    went
}

fn all_failed(ask: &mut Ask<'_>, why: &str) {
    for id in STEPS {
        ask.note(id, false, why);
    }
}

/// The service's base, and whether it takes PATCH; else why there is nothing to try.
fn service(ask: &mut Ask<'_>, order: &Order<'_>) -> Result<Result<(String, bool), &'static str>, Error> {
    let (mut told, mut is_denied) = (Vec::new(), false);
    for base in BASES {
        let route = format!("{base}/ServiceProviderConfig");
        // A stranger may be turned away even here; the token says more.
        let asked = match order.value(TOKEN) {
            Some(token) => ask.send(&Request { media: MEDIA, bearer: Some(token), ..Request::get(&route) })?,
            None => ask.page(&route)?,
        };
        match json(&asked) {
            Ok(config) if speaks(&config, "ServiceProviderConfig") => {
                ask.note("scim-service-provider", true, format!("{route} describes the service"));
                let patches = config.pointer("/patch/supported").and_then(Value::as_bool).unwrap_or(true);
                return Ok(Ok((base.to_owned(), patches)));
            }
            Ok(_) => told.push(format!("{route} is not a SCIM service's description")),
            Err(_) if asked.status == 404 => {}
            Err(why) => {
                is_denied |= matches!(asked.status, 401 | 403);
                told.push(format!("{route} {why}"));
            }
        }
    }
    let nowhere = format!("{}/ServiceProviderConfig answered 404, and so did every other usual place", BASES[0]);
    ask.note("scim-service-provider", false, told.into_iter().next().unwrap_or(nowhere));
    Ok(Err(match (is_denied, order.value(TOKEN)) {
        (true, Some(_)) => "the service turns this token away",
        (true, None) => "the service wants a token: THESMIOS_SCIM_TOKEN, from the environment or from --env-file",
        (false, _) => "there is no SCIM service to try it on",
    }))
}

fn speaks(value: &Value, resource: &str) -> bool {
    let schemas = value.get("schemas").and_then(Value::as_array);
    schemas.is_some_and(|all| all.iter().filter_map(Value::as_str).any(|schema| schema.ends_with(resource)))
}

/// One user on its way through the service.
struct Round<'a> {
    base: String,
    token: &'a str,
    name: String,
    patches: bool,
    user: Option<String>,
    group: Option<String>,
}

type Step<'a> = fn(&mut Round<'a>, &Ask<'_>) -> Result<String, Failed>;

impl<'a> Round<'a> {
    fn steps(&mut self, ask: &mut Ask<'_>) -> Result<(), Error> {
        let steps: [Step<'a>; 4] = [Self::create, Self::update, Self::map_group, Self::deprovision];
        let mut broken = None;
        for (id, step) in STEPS.into_iter().zip(steps) {
            if ask.is_stopped() {
                return Err(Error::new(Kind::Interrupted, "the checks were not finished", "somebody stopped them"));
            }
            if let Some(before) = broken {
                ask.note(id, false, format!("not tried: {before} failed"));
                continue;
            }
            match step(self, ask) {
                Ok(detail) => ask.note(id, true, detail),
                Err(Failed(why)) => {
                    ask.note(id, false, why);
                    // Without a user there is nothing to go on with; any other step says nothing about the next.
                    broken = self.user.is_none().then_some(id);
                }
            }
        }
        Ok(())
    }

    fn create(&mut self, ask: &Ask<'_>) -> Result<String, Failed> {
        let user_name = format!("{}@example.invalid", self.name);
        let body = json!({
            "schemas": [USER], "userName": user_name, "externalId": self.name, "active": true,
            "name": { "givenName": "Launch", "familyName": "Check" }, "displayName": "Launch Check",
        });
        let made = self.ask(ask, "POST", "/Users", Some(&body))?;
        // Whatever the answer is worth, what it made has to go again.
        self.user = id_of(&made);
        expect(&made, &[201], "POST /Users")?;
        let id = self.user.clone().ok_or_else(|| Failed("POST /Users answered 201 without an id".into()))?;
        let read = self.read(ask, &format!("/Users/{}", segment(&id)))?;
        if read.get("userName").and_then(Value::as_str) != Some(&user_name) {
            return Err(Failed("the user that was made does not read back under its name".into()));
        }
        Ok("a user was made and reads back".into())
    }

    fn update(&mut self, ask: &Ask<'_>) -> Result<String, Failed> {
        let display = "Launch Check, renamed";
        self.change(ask, "displayName", &json!(display))?;
        let read = self.read(ask, &self.user_path())?;
        if read.get("displayName").and_then(Value::as_str) != Some(display) {
            return Err(Failed("the change was accepted and does not read back".into()));
        }
        Ok(format!("{} changed the user, and the change reads back", self.verb()))
    }

    fn map_group(&mut self, ask: &Ask<'_>) -> Result<String, Failed> {
        let user = self.user.clone().unwrap_or_default();
        let body = json!({ "schemas": [GROUP], "displayName": self.name, "members": [{ "value": user }] });
        let made = self.ask(ask, "POST", "/Groups", Some(&body))?;
        self.group = id_of(&made);
        expect(&made, &[201], "POST /Groups")?;
        let id = self.group.clone().ok_or_else(|| Failed("POST /Groups answered 201 without an id".into()))?;
        let read = self.read(ask, &format!("/Groups/{}", segment(&id)))?;
        let members = read.get("members").and_then(Value::as_array);
        let is_in = |member: &Value| member.get("value").and_then(Value::as_str) == Some(&user);
        if !members.is_some_and(|members| members.iter().any(is_in)) {
            return Err(Failed("the group was made and the user is not in it".into()));
        }
        Ok("a group was made with the user in it".into())
    }

    fn deprovision(&mut self, ask: &Ask<'_>) -> Result<String, Failed> {
        self.change(ask, "active", &json!(false))?;
        let read = self.read(ask, &self.user_path())?;
        if read.get("active").and_then(Value::as_bool) != Some(false) {
            return Err(Failed("the user was to be switched off and is still active".into()));
        }
        let gone = self.ask(ask, "DELETE", &self.user_path(), None)?;
        expect(&gone, &[204, 200], "DELETE of the user")?;
        let after = self.ask(ask, "GET", &self.user_path(), None)?;
        expect(&after, &[404], "the user that was deleted")?;
        self.user = None;
        Ok("the user was switched off, deleted, and is gone".into())
    }

    /// Takes away what is still there; says so only when it does not go.
    fn clean(&mut self, ask: &mut Ask<'_>) {
        let left: Vec<String> = [self.group.take().map(|id| ("/Groups/", id)), self.user.take().map(|id| ("/Users/", id))]
            .into_iter()
            .flatten()
            .filter_map(|(kind, id)| {
                let path = format!("{kind}{}", segment(&id));
                let gone = self.ask(ask, "DELETE", &path, None).is_ok_and(|page| matches!(page.status, 200 | 204 | 404));
                (!gone).then(|| format!("{path} could not be deleted"))
            })
            .collect();
        let detail = if left.is_empty() {
            "nothing that was made is left behind".to_owned()
        } else {
            format!("take it away by hand, its name begins with {PREFIX}: {}", left.join(", "))
        };
        ask.note("scim-cleanup", left.is_empty(), detail);
    }

    /// One attribute of the user, by PATCH where the service takes it, else by PUT of the whole user.
    fn change(&self, ask: &Ask<'_>, attribute: &str, to: &Value) -> Result<(), Failed> {
        let changed = if self.patches {
            let operations = json!([{ "op": "replace", "path": attribute, "value": to }]);
            let body = json!({ "schemas": [PATCH], "Operations": operations });
            self.ask(ask, "PATCH", &self.user_path(), Some(&body))?
        } else {
            let mut whole = self.read(ask, &self.user_path())?;
            if let Some(members) = whole.as_object_mut() {
                members.insert(attribute.to_owned(), to.clone());
            }
            self.ask(ask, "PUT", &self.user_path(), Some(&whole))?
        };
        expect(&changed, &[200, 204], &format!("{} of {attribute}", self.verb()))
    }

    fn verb(&self) -> &'static str {
        if self.patches { "PATCH" } else { "PUT" }
    }

    fn user_path(&self) -> String {
        format!("/Users/{}", segment(self.user.as_deref().unwrap_or_default()))
    }

    fn read(&self, ask: &Ask<'_>, path: &str) -> Result<Value, Failed> {
        let page = self.ask(ask, "GET", path, None)?;
        json(&page).map_err(|why| Failed(format!("reading it back {why}")))
    }

    fn ask(&self, ask: &Ask<'_>, method: &str, path: &str, body: Option<&Value>) -> Result<Page, Failed> {
        let (path, body) = (format!("{}{path}", self.base), body.map(Value::to_string));
        let request = Request { method, path: &path, media: MEDIA, body: body.as_deref(), bearer: Some(self.token) };
        ask.send(&request).map_err(|error| Failed(error.why))
    }
}

/// Why a step failed, for a person.
struct Failed(String);

fn expect(page: &Page, wanted: &[u16], what: &str) -> Result<(), Failed> {
    if page.trouble.is_none() && wanted.contains(&page.status) {
        return Ok(());
    }
    Err(Failed(super::ask::answered(what, page)))
}

fn id_of(page: &Page) -> Option<String> {
    let value: Value = serde_json::from_str(&page.body).ok()?;
    Some(value.get("id")?.as_str().filter(|id| !id.is_empty())?.to_owned())
}

/// An id as one segment of a path: what a service calls its users is its own affair, where we ask for them is ours.
fn segment(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte);
    id.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

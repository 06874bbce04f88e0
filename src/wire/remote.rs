//! Rooms of servers, wired: the client, the token, and the copy on this machine.

use crate::app::error::{Error, Kind};
use crate::app::ports::Clock;
use crate::app::settings::Settings;
use crate::app::sync::Synced;
use crate::cli::{Process, Pulled, Servers};
use crate::domain::ids::{Digest, TenantId};
use crate::infra::file::mirror::{CURRENT, Mirror};
use crate::infra::http::token::{self, Sources, Token};
use crate::infra::http::{Api, Client, Mode, Parts, RemoteStore, Trouble, address, pull};
use crate::infra::plain;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The environment's name for a token.
const TOKEN: &str = "LAUNCHROOM_TOKEN";

/// A server, and which of its rooms is meant.
pub struct Target {
    /// Without a tenant.
    pub base: String,
    pub tenant: Option<String>,
}

impl Target {
    /// `https://HOST` or `https://HOST?tenant=ID`.
    ///
    /// # Errors
    /// `Usage` for an address that may not be asked.
    pub fn of(named: &str) -> Result<Self, Error> {
        let mut url = address(named)?;
        let tenant = url.query_pairs().find(|(key, _)| key == "tenant").map(|(_, value)| value.into_owned());
        if tenant.as_ref().is_some_and(|id| !TenantId::fits(id)) {
            return Err(Error::new(Kind::Usage, "the address names no tenant", "an id has small letters, digits and hyphens"));
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), tenant })
    }
}

/// The token for a server.
///
/// # Errors
/// As [`token::find`].
pub fn token(process: &Process, settings: &Settings, base: &str) -> Result<Option<Token>, Error> {
    let env = process.var(TOKEN);
    let command = settings.token_command.value.as_deref();
    token::find(base, &Sources { env: env.as_deref(), command, data: &process.data })
}

/// What asks a server.
///
/// # Errors
/// For an address or a token that cannot be used.
pub fn api(process: &Process, settings: &Settings, target: &Target) -> Result<Api, Error> {
    let token = token(process, settings, &target.base)?;
    let client = Client::new(&target.base, settings.proxy.value.as_deref())?;
    Ok(Api::new(client, token, target.tenant.clone()))
}

/// The room at an address.
///
/// # Errors
/// Why it cannot be had, when there is no copy of it either.
pub fn open(
    process: &Process,
    clock: &Arc<dyn Clock>,
    named: &str,
    settings: &Settings,
    mode: Mode,
) -> Result<Arc<RemoteStore>, Error> {
    let target = Target::of(named)?;
    let api = api(process, settings, &target)?;
    let home = copies_of(process, &target);
    let mut tenant = whose(&api, &target, &home, &process.data)?;
    loop {
        let store = RemoteStore::open(Parts {
            api: api.clone(),
            address: named.to_owned(),
            mirror: Mirror::at(&home.join(&tenant), &process.data)?,
            tenant: tenant.clone(),
            workdir: process.here.clone(),
            readonly: settings.readonly.value,
            mode,
            clock: Arc::clone(clock),
            renew: renewal(process, &target),
        })?;
        // With another token the same address is another tenant's room.
        let now = current(&home).filter(|now| target.tenant.is_none() && *now != tenant);
        let Some(now) = now else { return Ok(Arc::new(store)) };
        tenant = now;
    }
}

/// Only the file that `login` writes: a command could ask its user for something, and the terminal is the cockpit's by then.
fn renewal(process: &Process, target: &Target) -> Box<dyn Fn() -> Option<Token> + Send + Sync> {
    let (base, data, is_given) = (target.base.clone(), process.data.clone(), process.var(TOKEN).is_some());
    Box::new(move || {
        let sources = Sources { env: None, command: None, data: &data };
        if is_given { None } else { token::find(&base, &sources).ok().flatten() }
    })
}

/// Whose room an address is: as it says, as it was the last time, or as the server says.
fn whose(api: &Api, target: &Target, home: &Path, data: &Path) -> Result<String, Error> {
    if let Some(known) = target.tenant.clone().or_else(|| current(home)) {
        return Ok(known);
    }
    let tenant = api.tenant().map_err(|trouble| trouble.error(&api.client))?;
    if !TenantId::fits(&tenant) {
        let what = format!("{} does not give this room", api.client.host());
        return Err(Error::new(Kind::Network, what, "it names no tenant that could be one"));
    }
    Mirror::at(&home.join(&tenant), data)?.point(&tenant)?;
    Ok(tenant)
}

fn current(home: &Path) -> Option<String> {
    let text = String::from_utf8(plain::read(&home.join(CURRENT), 100).ok()?).ok()?;
    Some(text).filter(|tenant| TenantId::fits(tenant))
}

/// Where the copies of a server's rooms lie, a folder a tenant; named by the address.
fn copies_of(process: &Process, target: &Target) -> PathBuf {
    let digest = Digest::of(target.base.as_bytes()).to_hex();
    process.data.join("servers").join(digest.get(..16).unwrap_or_default())
}

/// Servers, asked from this machine.
pub struct Here {
    pub process: Process,
    pub clock: Arc<dyn Clock>,
}

impl Servers for Here {
    fn read_token(&self, prompt: &str) -> Result<String, Error> {
        plain::read_hidden(prompt, self.process.stdin_is_terminal)
    }

    fn login(&self, server: &str, token: &str, settings: &Settings) -> Result<PathBuf, Error> {
        let target = Target::of(server)?;
        let token = Token::of(token, "what was typed")?;
        let client = Client::new(&target.base, settings.proxy.value.as_deref())?;
        let api = Api::new(client, Some(token.clone()), target.tenant);
        match api.room(None) {
            // A token that sees other rooms, or none yet, is a good token.
            Ok(_) | Err(Trouble::Absent | Trouble::Forbidden(_)) => token::keep(&target.base, &self.process.data, &token),
            Err(trouble) => Err(trouble.error(&api.client)),
        }
    }

    fn logout(&self, server: &str) -> Result<bool, Error> {
        token::forget(&Target::of(server)?.base, &self.process.data)
    }

    fn pull(&self, named: &str, path: &Path, settings: &Settings) -> Result<Pulled, Error> {
        let target = Target::of(named)?;
        let api = api(&self.process, settings, &target)?;
        let home = copies_of(&self.process, &target);
        let known = target.tenant.clone().or_else(|| current(&home));
        let copy = known.map(|tenant| Mirror::at(&home.join(tenant), &self.process.data)?.store()).transpose()?.flatten();
        let pull::Pulled { tenant, entries, files, receipts } = pull::pull(&api, path, &self.process.data, copy.as_deref())?;
        Ok(Pulled { tenant, entries, files, receipts })
    }

    fn synced(&self, named: &str, settings: &Settings) -> Result<Arc<dyn Synced>, Error> {
        Ok(open(&self.process, &self.clock, named, settings, Mode::Command)?)
    }
}

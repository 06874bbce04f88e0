//! Rooms of servers, wired: the client, the token, and the copy on this machine.

use crate::app::error::{Error, Kind};
use crate::app::ports::Clock;
use crate::app::settings::Settings;
use crate::app::sync::Synced;
use crate::cli::{Process, Pulled, Servers};
use crate::domain::ids::Digest;
use crate::infra::file::mirror::Mirror;
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
        let plain = |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if tenant.as_ref().is_some_and(|id| !plain(id)) {
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
    let mirror = Mirror::at(&copy_of(process, &target), &process.data)?;
    let store = RemoteStore::open(Parts {
        api,
        address: named.to_owned(),
        mirror,
        workdir: process.here.clone(),
        readonly: settings.readonly.value,
        mode,
        clock: Arc::clone(clock),
    })?;
    Ok(Arc::new(store))
}

/// Where the copy of a room lies: a folder a server and tenant, named by what names them.
fn copy_of(process: &Process, target: &Target) -> PathBuf {
    let named = format!("{}\n{}", target.base, target.tenant.as_deref().unwrap_or_default());
    let digest = Digest::of(named.as_bytes()).to_hex();
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
        let copy = Mirror::at(&copy_of(&self.process, &target), &self.process.data)?.store()?;
        let pull::Pulled { tenant, entries, files, receipts } = pull::pull(&api, path, &self.process.data, copy.as_ref())?;
        Ok(Pulled { tenant, entries, files, receipts })
    }

    fn synced(&self, named: &str, settings: &Settings) -> Result<Arc<dyn Synced>, Error> {
        Ok(open(&self.process, &self.clock, named, settings, Mode::Command)?)
    }
}

//! Where a server's token comes from: the environment, a command, or a file that only its owner reads. It is looked for once,
//! for one origin, and is in no error, no log and no argument.

use super::address::address;
use crate::app::error::{Error, Kind};
use crate::infra::file::reason;
use rustix::fs::{Mode, OFlags};
use std::fs::{DirBuilder, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const LARGEST: u64 = 16 * 1024;

/// A server's token. It has no `Debug` and no `Display`.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token in a text: one line of visible ASCII.
    ///
    /// # Errors
    /// `Input` for what cannot be one; nothing of it is repeated.
    pub fn of(text: &str, from: &str) -> Result<Self, Error> {
        let token = text.trim();
        if token.is_empty() {
            return Err(Error::new(Kind::Input, format!("{from} holds no token"), "it is empty"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::new(
                Kind::Input,
                format!("{from} holds no token"),
                "a token is one word of plain letters and digits",
            ));
        }
        Ok(Self(token.to_owned()))
    }

    /// The value, for one header. For nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Where to look.
pub struct Sources<'a> {
    /// `LAUNCHROOM_TOKEN`.
    pub env: Option<&'a str>,
    /// The settings' `token_command`.
    pub command: Option<&'a str>,
    /// Where this machine keeps what no room holds.
    pub data: &'a Path,
}

/// The token for the server at `base`; `None` when there is none anywhere.
///
/// # Errors
/// `Refused` for a file that others can read, `Input` for what holds no token, `Usage` when the command fails.
pub fn find(base: &str, sources: &Sources<'_>) -> Result<Option<Token>, Error> {
    if let Some(text) = sources.env.filter(|text| !text.trim().is_empty()) {
        return Token::of(text, "LAUNCHROOM_TOKEN").map(Some);
    }
    if let Some(command) = sources.command {
        return asked(command, base).map(Some);
    }
    read(&file_of(base, sources.data)?)
}

/// Keeps a token for the server at `base`, for its owner alone.
///
/// # Errors
/// `Storage` when the disk fails.
pub fn keep(base: &str, data: &Path, token: &Token) -> Result<PathBuf, Error> {
    let path = file_of(base, data)?;
    let folder = path.parent().unwrap_or(data);
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| failed(&path, &error))?;
    crate::infra::plain::replace(&path, format!("{}\n", token.0).as_bytes())?;
    Ok(path)
}

/// Forgets the token for the server at `base`; whether there was one.
///
/// # Errors
/// `Storage` when the disk fails.
pub fn forget(base: &str, data: &Path) -> Result<bool, Error> {
    let path = file_of(base, data)?;
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(&path, &error)),
    }
}

/// One file an origin: a token goes to the server it was kept for and to no other.
fn file_of(base: &str, data: &Path) -> Result<PathBuf, Error> {
    let origin = address(base)?.origin().ascii_serialization();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    Ok(data.join("tokens").join(origin.chars().map(plain).collect::<String>()))
}

/// Opened once without following links, then checked on that descriptor.
fn read(path: &Path) -> Result<Option<Token>, Error> {
    let what = format!("the token in {} is not used", path.display());
    let refused = |why: &str, hint: String| Error::new(Kind::Refused, what.clone(), why).hint(hint);
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from) {
        Ok(opened) => File::from(opened),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.raw_os_error() == Some(libc::ELOOP) => {
            return Err(refused("it is a link", "launchroom login writes a new one".into()));
        }
        Err(error) => return Err(failed(path, &error)),
    };
    let found = file.metadata().map_err(|error| failed(path, &error))?;
    if !found.is_file() {
        return Err(refused("it is not a regular file", "launchroom login writes a new one".into()));
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused("it belongs to somebody else", "launchroom login writes your own".into()));
    }
    if found.mode() & 0o077 != 0 {
        return Err(refused("others can read or write it", format!("chmod 600 {}", path.display())));
    }
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text).map_err(|_| Error::new(Kind::Input, what.clone(), "it is not text"))?;
    Token::of(&text, &path.display().to_string()).map(Some)
}

#[expect(clippy::disallowed_methods, reason = "not a proof: it may ask its user for a passphrase, so it keeps the terminal")]
fn asked(command: &str, base: &str) -> Result<Token, Error> {
    let what = "the token command of the settings gave no token";
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).env("LAUNCHROOM_SERVER", base).stdout(Stdio::piped());
    let output = shell.stderr(Stdio::inherit()).output().map_err(|error| Error::new(Kind::Usage, what, reason(&error)))?;
    if !output.status.success() {
        return Err(Error::new(Kind::Usage, what, format!("it ended with {}", output.status)).hint("run it by hand and see"));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| Error::new(Kind::Input, what, "it printed no text"))?;
    Token::of(text.lines().next().unwrap_or_default(), "the token command")
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::new(Kind::Storage, format!("cannot keep a token in {}", path.display()), reason(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    const SERVER: &str = "https://rooms.example.test/app";

    fn found(data: &Path, env: Option<&str>, command: Option<&str>) -> Result<Option<String>, Error> {
        let sources = Sources { env, command, data };
        find(SERVER, &sources).map(|token| token.map(|token| token.0))
    }

    #[test]
    fn the_environment_comes_before_the_command_and_that_before_the_file() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(found(data.path(), None, None).unwrap(), None);
        keep(SERVER, data.path(), &Token::of("kept", "x").unwrap()).unwrap();
        assert_eq!(found(data.path(), None, None).unwrap().as_deref(), Some("kept"));
        let command = Some("echo from-$LAUNCHROOM_SERVER");
        assert_eq!(found(data.path(), None, command).unwrap().unwrap(), format!("from-{SERVER}"));
        assert_eq!(found(data.path(), Some("given"), command).unwrap().as_deref(), Some("given"));
    }

    #[test]
    fn a_token_is_kept_for_its_owner_and_for_its_origin() {
        let data = tempfile::tempdir().unwrap();
        let path = keep(SERVER, data.path(), &Token::of("kept", "x").unwrap()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let sources = Sources { env: None, command: None, data: data.path() };
        assert!(find("https://other.example.test", &sources).unwrap().is_none());
        assert!(find("https://rooms.example.test/another/path", &sources).unwrap().is_some());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(found(data.path(), None, None).unwrap_err().kind, Kind::Refused);
        assert!(forget(SERVER, data.path()).unwrap() && !forget(SERVER, data.path()).unwrap());
    }

    #[test]
    fn what_is_no_token_is_told_without_repeating_it() {
        let data = tempfile::tempdir().unwrap();
        for (env, command) in [(Some("two words"), None), (None, Some("true")), (None, Some("echo hunter2; exit 3"))] {
            let error = found(data.path(), env, command).unwrap_err();
            assert!(!format!("{error:?}").contains("words") && !format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}

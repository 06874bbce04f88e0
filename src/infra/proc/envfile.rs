//! Locked env files: values that this run may use and nobody may see.
//!
//! Opened once without following links, then checked on that descriptor, so that what was checked is what is read.

use crate::app::error::{Error, Kind};
use rustix::fs::{Mode, OFlags};
use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

const LARGEST: u64 = 1024 * 1024;

/// Reads a locked env file: `NAME=value` lines, `#` comments, `export`, quotes as shells have them. `None`: no such file.
///
/// # Errors
/// `Refused` for a file that others can read or that is not what it seems; `Input` for one that cannot be understood. No
/// error ever quotes the file.
pub fn read(path: &Path) -> Result<Option<Vec<(String, String)>>, Error> {
    let what = format!("the env file {} is not used", path.display());
    let refused = |why: &str, hint: &str| Error::new(Kind::Refused, what.clone(), why).hint(hint);
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from);
    let file = match opened {
        Ok(opened) => File::from(opened),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.raw_os_error() == Some(libc::ELOOP) => return Err(refused("it is a link", "name the file itself")),
        Err(error) => return Err(Error::new(Kind::Input, what, error.to_string())),
    };
    let trouble = |error: io::Error| Error::new(Kind::Input, what.clone(), error.to_string());
    let found = file.metadata().map_err(trouble)?;
    if !found.is_file() {
        return Err(refused("it is not a regular file", "name a regular file"));
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused("it belongs to somebody else", "keep your own copy, with mode 0600"));
    }
    if found.mode() & 0o077 != 0 {
        return Err(refused("others can read or write it", &format!("chmod 600 {}", path.display())));
    }
    if found.nlink() != 1 {
        return Err(refused("it has other names too", "keep it under one name"));
    }
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(|_| {
        // The message of a decoding error may quote what it could not decode.
        Error::new(Kind::Input, what.clone(), "it is not UTF-8 text")
    })?;
    if text.len() as u64 > LARGEST {
        return Err(Error::new(Kind::Input, what, "it is larger than 1 MiB"));
    }
    parse(&text).map(Some).map_err(|line| Error::new(Kind::Input, what, format!("line {line} is not NAME=value")))
}

fn parse(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut values: Vec<(String, String)> = Vec::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((n, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or(n + 1)?;
        let name = name.trim();
        let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(named) || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(n + 1);
        }
        let value = value.trim();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let mut body = value[1..].to_owned();
                // A private key in quotes spans lines.
                while closing(&body, quote).is_none() {
                    body.push('\n');
                    body.push_str(lines.next().ok_or(n + 1)?.1);
                }
                let end = closing(&body, quote).ok_or(n + 1)?;
                let body = &body[..end];
                if quote == '"' { unescape(body) } else { body.to_owned() }
            }
            _ => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
        };
        if value.contains('\0') {
            return Err(n + 1);
        }
        values.retain(|(known, _)| known != name);
        values.push((name.to_owned(), value));
    }
    Ok(values)
}

fn closing(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    body.char_indices().find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        closes.then_some(at)
    })
}

fn unescape(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match (c, chars.as_str().chars().next()) {
            ('\\', Some(next @ ('"' | '\\' | '$' | '`' | 'n'))) => {
                out.push(if next == 'n' { '\n' } else { next });
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("operator.env");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn values_are_read_as_shells_write_them() {
        let text =
            "# a comment\nA=1\nexport B=\"two \\\"words\\\"\" \nC='$raw'\nD=x # why\n\nKEY=\"-----BEGIN\nbody\n-----END\"\nA=2\n";
        let (_folder, path) = file(text, 0o600);
        let values = read(&path).unwrap().unwrap();
        let get = |name: &str| values.iter().find(|(known, _)| known == name).unwrap().1.as_str();
        assert_eq!((get("A"), get("B"), get("C"), get("D")), ("2", "two \"words\"", "$raw", "x"));
        assert_eq!(get("KEY"), "-----BEGIN\nbody\n-----END");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let (_folder, path) = file("A=hunter2", 0o640);
        let error = read(&path).unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        assert!(error.hint.unwrap().starts_with("chmod 600"));
    }

    #[test]
    fn links_folders_and_second_names_are_refused() {
        let (folder, path) = file("A=1", 0o600);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(read(&link).unwrap_err().kind, Kind::Refused);
        assert_eq!(read(folder.path()).unwrap_err().kind, Kind::Refused);
        fs::hard_link(&path, folder.path().join("second")).unwrap();
        assert_eq!(read(&path).unwrap_err().kind, Kind::Refused);
    }

    #[test]
    fn no_error_quotes_the_file() {
        let (_folder, path) = file("GOOD=1\nhunter2 is my password\n", 0o600);
        let error = read(&path).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2") && error.why.contains("line 2"));
    }
}

//! Locked env files: values that this run may use and nobody may see.
//!
//! Opened once without following links, then checked on that descriptor, so that what was checked is what is read.

use crate::app::error::{Error, Kind};
use crate::format::env_file;
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
    env_file::parse(&text).map(Some).map_err(|line| Error::new(Kind::Input, what, format!("line {line} is not NAME=value")))
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

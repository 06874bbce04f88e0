//! Files that a person names: reading one to attach it, writing a new one that must not be there yet.

use crate::app::error::{Error, Kind};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// No line that somebody types is longer.
const LINE: u64 = 64 * 1024;

/// Whether a file is there, whatever is in it.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| !meta.is_dir())
}

/// Whether anything has this name, whatever it is.
#[must_use]
pub fn has_name(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The name behind the number that this process runs as, where the system keeps a list of them.
#[must_use]
pub fn login_name() -> Option<String> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let list = std::fs::read_to_string("/etc/passwd").ok()?;
    list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned()).filter(|name| !name.is_empty())
    })
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// `Input` for what is no such file, `Storage` for what cannot be read.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let what = || format!("cannot read {}", path.display());
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::new(Kind::Input, what(), "there is no such file"),
        _ => Error::new(Kind::Storage, what(), error.to_string()),
    };
    // Opening a FIFO would wait for a writer that may never come.
    let opened = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY, Mode::empty());
    let file = File::from(opened.map_err(|errno| failed(errno.into()))?);
    let meta = file.metadata().map_err(failed)?;
    if !meta.is_file() {
        return Err(Error::new(Kind::Input, what(), if meta.is_dir() { "it is a folder" } else { "it is not a regular file" }));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(Kind::Input, what(), format!("it is larger than {} MiB", limit >> 20)));
    }
    Ok(bytes)
}

/// All of standard input, up to a limit.
///
/// # Errors
/// `Input` for more than that, `Storage` when it cannot be read.
pub fn read_stdin(limit: u64) -> Result<Vec<u8>, Error> {
    let what = "nothing could be read from stdin";
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| Error::new(Kind::Storage, what, error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(Kind::Input, what, format!("it is larger than {} MiB", limit >> 20)));
    }
    Ok(bytes)
}

/// One line of an answer that a person types.
///
/// # Errors
/// `Storage` when it cannot be read.
pub fn ask(prompt: &str) -> Result<String, Error> {
    let failed = |error: io::Error| Error::new(Kind::Storage, "nothing could be read from stdin", error.to_string());
    eprint!("{prompt}");
    let mut line = String::new();
    io::stdin().lock().take(LINE).read_line(&mut line).map_err(failed)?;
    Ok(line.trim().to_owned())
}

/// Reads the files of a folder and of the folders in it, by their names from there, in order.
///
/// # Errors
/// `Input` for a link or anything else that is no regular file, and for too many or too large ones; `Storage` for what
/// cannot be read.
pub fn read_folder(path: &Path, files: usize, limit: u64) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let what = || format!("cannot read {}", path.display());
    let failed = |error: io::Error| Error::new(Kind::Storage, what(), error.to_string());
    let mut folders = vec![(path.to_owned(), String::new())];
    let (mut out, mut left, mut seen) = (Vec::new(), limit, 0_usize);
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            seen += 1;
            if seen > files {
                return Err(Error::new(Kind::Input, what(), format!("it has more than {files} files")));
            }
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() && prefix.is_empty() {
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                let bytes = read(&entry.path(), left)?;
                left -= bytes.len() as u64;
                out.push((name, bytes));
            } else {
                return Err(Error::new(Kind::Input, what(), format!("{name} in it is a link or no regular file")));
            }
        }
    }
    out.sort();
    Ok(out)
}

/// One line that nobody sees being typed; from a pipe, when stdin is none a person types into.
///
/// # Errors
/// `Storage` when it cannot be read.
pub fn read_hidden(prompt: &str, is_terminal: bool) -> Result<String, Error> {
    let failed = |error: io::Error| Error::new(Kind::Storage, "nothing could be read from stdin", error.to_string());
    let stdin = io::stdin();
    if !is_terminal {
        let mut text = String::new();
        stdin.take(LINE).read_to_string(&mut text).map_err(failed)?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    let seen = rustix::termios::tcgetattr(&stdin).map_err(|errno| failed(errno.into()))?;
    let mut hidden = seen.clone();
    hidden.local_modes.remove(rustix::termios::LocalModes::ECHO);
    let set = |modes: &rustix::termios::Termios| {
        rustix::termios::tcsetattr(&stdin, rustix::termios::OptionalActions::Flush, modes).map_err(|errno| failed(errno.into()))
    };
    eprint!("{prompt}");
    set(&hidden)?;
    let mut line = String::new();
    let read = stdin.read_line(&mut line);
    set(&seen)?;
    eprintln!();
    read.map_err(failed)?;
    Ok(line.trim().to_owned())
}

/// Makes a folder, and those above it that are not there.
///
/// # Errors
/// `Storage` when the disk fails.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    let failed = |error: io::Error| Error::new(Kind::Storage, format!("cannot make {}", path.display()), error.to_string());
    std::fs::create_dir_all(path).map_err(failed)
}

/// Writes a new file; it is on disk when this returns. Never over one that is there.
///
/// # Errors
/// `Conflict` when something is there, `Storage` when the disk fails.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let what = format!("cannot write {}", path.display());
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::new(Kind::Conflict, what.clone(), "it is there already, and nothing is written over it")
                .hint("name another path")
        }
        _ => Error::new(Kind::Storage, what.clone(), error.to_string()),
    };
    let mut file = File::create_new(path).map_err(failed)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    // Half a file would be in the way of the next try.
    written.inspect_err(|_| drop(std::fs::remove_file(path))).map_err(failed)
}

/// As [`create`], and says where the file is in full.
///
/// # Errors
/// As [`create`].
pub fn create_in_full(path: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    create(path, bytes)?;
    Ok(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
}

/// Writes a file that only its owner reads, also over one of the same name. Written beside it and renamed: a link there is
/// replaced, not followed.
///
/// # Errors
/// `Storage` when the disk fails.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: io::Error| Error::new(Kind::Storage, format!("cannot write {}", path.display()), error.to_string());
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = Path::new(&beside);
    // What a process of this number left when it was killed is ours.
    let _ = std::fs::remove_file(beside);
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside);
    let written = opened.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| std::fs::rename(beside, path)).inspect_err(|_| drop(std::fs::remove_file(beside))).map_err(failed)
}

/// A new name is on disk once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

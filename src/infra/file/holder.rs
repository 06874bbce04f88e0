//! This machine's random id: who holds the bytes of locked records. It says nothing about the machine or its user.

use super::{trouble, write};
use crate::app::error::{Error, Kind};
use crate::infra::disk::Disk;
use std::{io, path::Path};

const NAME: &str = "holder";

/// The id, if there is one already.
pub fn peek(disk: &dyn Disk, data_dir: &Path) -> Option<String> {
    let text = String::from_utf8(disk.read(&data_dir.join(NAME), 0, 200).ok()?).ok()?;
    let id = text.trim();
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| id.to_owned())
}

/// The id; made when there is none.
pub fn get(disk: &dyn Disk, data_dir: &Path) -> Result<String, Error> {
    if let Some(id) = peek(disk, data_dir) {
        return Ok(id);
    }
    make(disk, data_dir).map_err(|error| trouble::storage("cannot keep this machine's id in", data_dir, &error))?;
    let unreadable =
        || Error::new(Kind::Storage, "cannot read this machine's id", format!("{} holds none", data_dir.join(NAME).display()));
    peek(disk, data_dir).ok_or_else(unreadable)
}

fn make(disk: &dyn Disk, data_dir: &Path) -> io::Result<()> {
    make_folders(disk, data_dir)?;
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let id = format!("{:032x}\n", u128::from_ne_bytes(random));
    let temporary = write::temporary_name(data_dir);
    let mut file = disk.create(&temporary, 0o600)?;
    file.write(id.as_bytes())?;
    file.sync()?;
    // A link, not a rename: of two who make one at the same time, the first wins and both use it.
    let named = disk.link(&temporary, &data_dir.join(NAME));
    disk.remove(&temporary)?;
    match named {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => disk.sync_folder(data_dir),
    }
}

/// Makes a folder of our own and those above it, for nobody else.
pub fn make_folders(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    if disk.stat(folder)?.is_none() {
        if let Some(parent) = folder.parent() {
            make_folders(disk, parent)?;
        }
        disk.make_folder(folder, 0o700)?;
    }
    Ok(())
}

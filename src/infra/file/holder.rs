//! This machine's random id: who holds the bytes of locked records. It says nothing about the machine or its user.

use super::{lock, trouble, write};
use crate::app::error::Error;
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
    let failed = |error| trouble::storage("cannot keep this machine's id in", data_dir, &error);
    make_folders(disk, data_dir).map_err(failed)?;
    let _lock = lock::take(disk, data_dir)?;
    // Of two who ask at the same time, the first makes it and both use it.
    match peek(disk, data_dir) {
        Some(id) => Ok(id),
        None => make(disk, data_dir).map_err(failed),
    }
}

/// What is in the file already, if anything, cannot be an id: it is replaced.
fn make(disk: &dyn Disk, data_dir: &Path) -> io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let id = format!("{:032x}", u128::from_ne_bytes(random));
    write::sweep(disk, data_dir);
    write::whole(disk, &data_dir.join(NAME), format!("{id}\n").as_bytes(), 0o600).map_err(|failed| failed.error)?;
    Ok(id)
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

//! The room's lock: advisory, on the folder, held for the moment of a write. Two launchrooms wait for each other.

use super::trouble;
use crate::app::error::{Error, Kind};
use crate::infra::disk::Disk;
use std::{
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// A write takes milliseconds; whoever holds the lock longer hangs or was stopped.
const WRITER_WAITS: Duration = Duration::from_secs(10);
const READER_WAITS: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(1);

/// Takes the lock of a folder, to write.
pub fn take(disk: &dyn Disk, folder: &Path) -> Result<Box<dyn Send>, Error> {
    match wait(disk, folder, WRITER_WAITS) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => {
            let why = "another launchroom has held its lock for 10 seconds";
            let what = format!("cannot write in {}", folder.display());
            Err(Error::new(Kind::Conflict, what, why).hint("see whether it was suspended, then try again"))
        }
        Err(error) => Err(trouble::storage("cannot lock", folder, &error)),
    }
}

/// Takes the lock to read, if it is to be had soon.
pub fn take_soon(disk: &dyn Disk, folder: &Path) -> Option<Box<dyn Send>> {
    wait(disk, folder, READER_WAITS).ok().flatten()
}

fn wait(disk: &dyn Disk, folder: &Path, patience: Duration) -> io::Result<Option<Box<dyn Send>>> {
    let start = Instant::now();
    loop {
        match disk.try_lock(folder)? {
            None if start.elapsed() < patience => thread::sleep(PAUSE),
            other => return Ok(other),
        }
    }
}

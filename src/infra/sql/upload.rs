//! Bytes that are coming up: in a file without a name, which is gone with whoever wrote it.

use super::db::failed;
use crate::app::error::Error;
use crate::app::host::shelf::Upload;
use crate::domain::ids::Digest;
use rustix::fs::{Mode, OFlags};
use sha2::{Digest as _, Sha256};
use std::fs::{DirBuilder, File};
use std::io::{Read, Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

/// A file and the hash of what is in it.
pub struct Uploading {
    file: File,
    hash: Sha256,
    size: u64,
}

impl Uploading {
    /// # Errors
    /// `Storage`.
    pub fn begin(folder: &Path) -> Result<Self, Error> {
        let what = "nothing can be taken up";
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| failed(what, &error))?;
        let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
        let file = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).map_err(|error| failed(what, &error))?;
        Ok(Self { file: File::from(file), hash: Sha256::new(), size: 0 })
    }
}

impl Upload for Uploading {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|error| failed("what comes up is not taken", &error))?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(Digest, u64, Box<dyn Read + Send>), Error> {
        self.file.rewind().map_err(|error| failed("what came up is not read", &error))?;
        Ok((Digest(self.hash.finalize().into()), self.size, Box::new(self.file)))
    }
}

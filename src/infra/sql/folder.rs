//! Captured bytes in a folder, for a server whose database is to stay small: `TENANT/XX/DIGEST`, like a room's own.

use super::db::failed;
use crate::app::error::Error;
use crate::app::host::shelf::PART;
use crate::domain::ids::Digest;
use crate::infra::disk::RealDisk;
use crate::infra::file::Temporary;
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Where they lie.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A folder, made when it is not there.
    ///
    /// # Errors
    /// `Storage`.
    pub fn open(root: &Path) -> Result<Self, Error> {
        make(root).map_err(|error| failed(&format!("{} cannot be used for captured bytes", root.display()), &error))?;
        Ok(Self { root: root.to_owned() })
    }

    fn path(&self, tenant: &str, digest: &Digest) -> PathBuf {
        let name = digest.to_hex();
        self.root.join(tenant).join(name.get(..2).unwrap_or_default()).join(name)
    }

    /// All of a tenant.
    ///
    /// # Errors
    /// `Storage`.
    pub fn list(&self, tenant: &str) -> Result<BTreeSet<Digest>, Error> {
        let names = |folder: &Path| -> io::Result<Vec<PathBuf>> {
            match fs::read_dir(folder) {
                Ok(found) => found.map(|entry| entry.map(|entry| entry.path())).collect(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                Err(error) => Err(error),
            }
        };
        let mut out = BTreeSet::new();
        let mut read = || -> io::Result<()> {
            for shelf in names(&self.root.join(tenant))? {
                let files = names(&shelf)?;
                let named = files.iter().filter_map(|path| path.file_name()?.to_str());
                out.extend(named.filter_map(Digest::from_hex));
            }
            Ok(())
        };
        read().map_err(|error| failed("captured bytes cannot be listed", &error))?;
        Ok(out)
    }

    /// # Errors
    /// `Storage`.
    pub fn size(&self, tenant: &str, digest: &Digest) -> Result<Option<u64>, Error> {
        match fs::metadata(self.path(tenant, digest)) {
            Ok(meta) => Ok(Some(meta.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("captured bytes cannot be read", &error)),
        }
    }

    /// # Errors
    /// `Storage`.
    pub fn part(&self, tenant: &str, digest: &Digest, part: u32) -> Result<Vec<u8>, Error> {
        let read = || -> io::Result<Vec<u8>> {
            let mut file = File::open(self.path(tenant, digest))?;
            file.seek(SeekFrom::Start(u64::from(part) * PART as u64))?;
            let mut bytes = Vec::new();
            file.take(PART as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|error| failed("captured bytes cannot be read", &error))
    }

    /// On disk under its name when this returns, or not at all.
    ///
    /// # Errors
    /// `Storage`.
    pub fn put(&self, tenant: &str, digest: &Digest, bytes: &mut dyn Read) -> Result<(), Error> {
        let path = self.path(tenant, digest);
        let mut write = || -> io::Result<()> {
            let folder = path.parent().unwrap_or(&self.root);
            make(folder)?;
            Temporary::stream(&RealDisk, folder, bytes, 0o600).map_err(|failed| failed.error)?.name(&path)?;
            // The name is on disk, too, and so are the folders' names above it.
            for folder in path.ancestors().skip(1).take(3) {
                File::open(folder)?.sync_all()?;
            }
            Ok(())
        };
        write().map_err(|error| failed("captured bytes were not saved", &error))
    }
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

//! Which commands of which rooms a person agreed to run here. The command itself is not kept, only its digest.

use super::{holder, lock, trouble, write};
use crate::app::{error::Error, ports::TrustStore};
use crate::domain::ids::{Digest, ProofId};
use crate::infra::disk::{Disk, RealDisk};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Room → proof → digest of the command. A changed command is asked about again, and so is a changed-back one.
type Known = BTreeMap<String, BTreeMap<String, Digest>>;

/// What was agreed to on this machine.
pub struct FileTrust {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
}

impl FileTrust {
    /// Kept in `data_dir/trust.json`.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self { disk: Arc::new(RealDisk), folder: data_dir.to_owned() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("trust.json")
    }

    /// A file that cannot be read trusts nothing.
    fn known(&self) -> Known {
        let bytes = self.disk.read(&self.path(), 0, 16 << 20).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }
}

impl TrustStore for FileTrust {
    fn is_trusted(&self, room: &str, proof: &ProofId, command: &str) -> bool {
        let known = self.known();
        known.get(room).and_then(|proofs| proofs.get(proof.as_str())) == Some(&Digest::of(command.as_bytes()))
    }

    fn trust(&self, room: &str, proof: &ProofId, command: &str) -> Result<(), Error> {
        let failed = |error| trouble::storage("cannot remember in", &self.folder, &error);
        holder::make_folders(&*self.disk, &self.folder).map_err(failed)?;
        let _lock = lock::take(&*self.disk, &self.folder)?;
        write::sweep(&*self.disk, &self.folder);
        let mut known = self.known();
        known.entry(room.to_owned()).or_default().insert(proof.to_string(), Digest::of(command.as_bytes()));
        let bytes = serde_json::to_vec_pretty(&known).map_err(|error| failed(error.into()))?;
        write::whole(&*self.disk, &self.path(), &bytes, 0o600).map_err(|unsaved| failed(unsaved.error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_trusted_in_the_form_it_was_agreed_to_and_in_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let trust = FileTrust::new(&folder.path().join("data/launchroom"));
        let proof = ProofId::from("launch-room");
        assert!(!trust.is_trusted("/r/a.toml", &proof, "npm test"));
        trust.trust("/r/a.toml", &proof, "npm test").unwrap();
        trust.trust("/r/b.toml", &proof, "true").unwrap();
        assert!(trust.is_trusted("/r/a.toml", &proof, "npm test"));
        assert!(!trust.is_trusted("/r/a.toml", &proof, "npm test; rm -rf /"));
        assert!(!trust.is_trusted("/r/b.toml", &proof, "npm test"));
        assert!(!trust.is_trusted("/r/a.toml", &"other".into(), "npm test"));
        std::fs::write(trust.path(), "not json").unwrap();
        assert!(!trust.is_trusted("/r/a.toml", &proof, "npm test"));
    }
}

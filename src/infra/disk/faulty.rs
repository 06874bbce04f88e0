//! A disk in memory that forgets what was not synced and fails on demand, for tests.
//!
//! Every call that changes something is one step. A fault strikes at a chosen step; [`FaultyDisk::power_loss`] then
//! leaves what a real machine might find afterwards.

use super::{Disk, Kind, Stat, Writing};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

/// What goes wrong, and from which step on (counted from 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The machine stops at this step. A write gets half its bytes out first.
    Crash(u64),
    /// This step fails, the next ones work.
    Once(u64),
    /// Nothing more can be stored; what is there can be renamed, removed and synced.
    Full(u64),
    /// The first sync at or after this step fails. What it should have written never gets to the disk, and later syncs
    /// of the same file say "fine" all the same, as Linux does.
    Sync(u64),
    /// From this step on nothing can be changed, as when a system mounts its disk anew after an error.
    ReadOnly(u64),
}

/// What is still there when the power comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survives {
    /// Only what was synced.
    Synced,
    /// Every name, but only synced bytes: a rename that overtook its data.
    Names,
    /// Synced names; unsynced bytes at the end of a file by half, the rest as zeros.
    Torn,
    /// Everything: the process was killed, the machine went on.
    Everything,
}

impl Survives {
    pub const ALL: [Self; 4] = [Self::Synced, Self::Names, Self::Torn, Self::Everything];
}

/// A disk in memory.
#[derive(Clone, Default)]
pub struct FaultyDisk(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    nodes: BTreeMap<u64, Node>,
    names: BTreeMap<PathBuf, u64>,
    synced_names: BTreeMap<PathBuf, u64>,
    locked: BTreeSet<PathBuf>,
    next: u64,
    steps: u64,
    syncs: u64,
    fault: Option<Fault>,
    is_down: bool,
}

#[derive(Clone, Default)]
struct Node {
    is_folder: bool,
    bytes: Vec<u8>,
    synced: Vec<u8>,
    /// Bytes that a failed sync dropped: read back as written, until the power fails.
    dropped: Range<usize>,
    mode: u32,
    version: i64,
}

/// What a step does, as far as faults care.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Needs room.
    Store,
    /// Needs none.
    Change,
    Sync,
}

impl FaultyDisk {
    /// A disk with these folders, on disk.
    #[must_use]
    pub fn with_folders(folders: &[&str]) -> Self {
        let disk = Self::default();
        for folder in folders {
            disk.make_folder(Path::new(folder), 0o755).unwrap();
        }
        disk.settle();
        disk
    }

    /// Puts a file there, on disk.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let mut state = self.state();
        let id = state.make(Path::new(path), false, 0o644);
        state.nodes.get_mut(&id).unwrap().bytes = bytes.to_vec();
        drop(state);
        self.settle();
    }

    /// What is in a file; `None` when there is none.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        let state = self.state();
        state.names.get(Path::new(path)).map(|id| state.nodes[id].bytes.clone())
    }

    /// Every path there is.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.state().names.keys().map(|path| path.display().to_string()).collect()
    }

    /// Counts steps from 0 again, and strikes as told.
    pub fn strike(&self, fault: Option<Fault>) {
        let mut state = self.state();
        (state.fault, state.steps, state.syncs) = (fault, 0, 0);
    }

    /// Steps since [`FaultyDisk::strike`].
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.state().steps
    }

    /// Syncs since [`FaultyDisk::strike`].
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// The machine stops and starts again.
    pub fn power_loss(&self, survives: Survives) {
        let mut state = self.state();
        if matches!(survives, Survives::Synced | Survives::Torn) {
            let synced = state.synced_names.clone();
            // A name whose folder is gone is gone.
            state.names = synced
                .iter()
                .filter(|(path, _)| path.ancestors().skip(1).all(|up| up.parent().is_none() || synced.contains_key(up)))
                .map(|(path, id)| (path.clone(), *id))
                .collect();
        }
        for node in state.nodes.values_mut() {
            match survives {
                Survives::Everything => {}
                Survives::Synced | Survives::Names => node.bytes = node.synced.clone(),
                Survives::Torn => {
                    let whole = node.synced.len() + node.bytes.len().saturating_sub(node.synced.len()) / 2;
                    if node.bytes.len() > node.synced.len() {
                        node.bytes.iter_mut().skip(whole).for_each(|byte| *byte = 0);
                    } else {
                        node.bytes = node.synced.clone();
                    }
                }
            }
        }
        (state.is_down, state.fault) = (false, None);
        state.locked.clear();
        drop(state);
        self.settle();
    }

    /// What is there is on disk.
    fn settle(&self) {
        let mut state = self.state();
        state.synced_names = state.names.clone();
        state.nodes.values_mut().for_each(|node| (node.synced, node.dropped) = (node.bytes.clone(), 0..0));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn write(&self, id: u64, step: Step, act: impl FnOnce(&mut Node, bool)) -> io::Result<()> {
        let mut state = self.state();
        let may_write = !state.is_down && !state.is_readonly();
        let result = state.step(step);
        let node = state.nodes.get_mut(&id).unwrap();
        if result.is_err() && step == Step::Sync {
            node.dropped = node.synced.len()..node.bytes.len();
        }
        // A write that fails may still have written something.
        if result.is_ok() || (step == Step::Store && may_write) {
            node.version += 1;
            act(node, result.is_ok());
        }
        result
    }
}

impl State {
    fn step(&mut self, step: Step) -> io::Result<()> {
        if self.is_down {
            return Err(io::Error::other("the machine is down"));
        }
        let now = self.steps;
        self.steps += 1;
        self.syncs += u64::from(step == Step::Sync);
        match self.fault {
            Some(Fault::Crash(at)) if now == at => {
                self.is_down = true;
                Err(io::Error::other("the machine went down"))
            }
            Some(Fault::Once(at)) if now == at => Err(io::Error::other("input/output error")),
            Some(Fault::Full(at)) if now >= at && step == Step::Store => Err(io::ErrorKind::StorageFull.into()),
            Some(Fault::Sync(at)) if now >= at && step == Step::Sync => {
                self.fault = None;
                Err(io::Error::other("input/output error"))
            }
            Some(Fault::ReadOnly(at)) if now >= at => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
            _ => Ok(()),
        }
    }

    fn is_readonly(&self) -> bool {
        matches!(self.fault, Some(Fault::ReadOnly(at)) if self.steps >= at)
    }

    fn find(&self, path: &Path) -> io::Result<u64> {
        if self.is_down {
            return Err(io::Error::other("the machine is down"));
        }
        self.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn make(&mut self, path: &Path, is_folder: bool, mode: u32) -> u64 {
        self.next += 1;
        self.nodes.insert(self.next, Node { is_folder, mode, ..Node::default() });
        self.names.insert(path.to_owned(), self.next);
        self.next
    }

    /// The folder a name is to be made in must be there.
    fn has_parent(&self, path: &Path) -> io::Result<()> {
        let Some(parent) = path.parent().filter(|parent| parent.parent().is_some()) else { return Ok(()) };
        self.find(parent).map(|_| ())
    }
}

impl Disk for FaultyDisk {
    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        let state = self.state();
        let Some(id) = state.names.get(path).copied() else {
            return if state.is_down { state.find(path).map(|_| None) } else { Ok(None) };
        };
        let node = &state.nodes[&id];
        let kind = if node.is_folder { Kind::Folder } else { Kind::File };
        let stamp = (id, node.version, 0);
        Ok(Some(Stat { kind, len: node.bytes.len() as u64, mode: node.mode, owner: (0, 0), stamp }))
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.state().find(path).map(|_| path.to_owned())
    }

    fn is_writable(&self, path: &Path) -> bool {
        let state = self.state();
        state.names.contains_key(path) && !state.is_readonly()
    }

    fn read(&self, path: &Path, offset: u64, limit: u64) -> io::Result<Vec<u8>> {
        let state = self.state();
        let bytes = &state.nodes[&state.find(path)?].bytes;
        Ok(bytes.iter().skip(offset as usize).take(usize::try_from(limit).unwrap_or(usize::MAX)).copied().collect())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        state.find(folder)?;
        let inside = state.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    fn create(&self, path: &Path, mode: u32) -> io::Result<Box<dyn Writing>> {
        let mut state = self.state();
        state.step(Step::Store)?;
        state.has_parent(path)?;
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let id = state.make(path, false, mode);
        drop(state);
        Ok(Box::new(Handle { disk: self.clone(), id }))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Writing>> {
        let mut state = self.state();
        let id = if let Some(id) = state.names.get(path) {
            *id
        } else {
            state.step(Step::Store)?;
            state.has_parent(path)?;
            state.make(path, false, 0o644)
        };
        drop(state);
        Ok(Box::new(Handle { disk: self.clone(), id }))
    }

    fn make_folder(&self, path: &Path, mode: u32) -> io::Result<()> {
        let mut state = self.state();
        if state.names.contains_key(path) {
            return Ok(());
        }
        state.step(Step::Store)?;
        state.has_parent(path)?;
        state.make(path, true, mode);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Step::Change)?;
        let id = state.find(from)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), id);
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Step::Change)?;
        state.has_parent(to)?;
        let id = state.find(from)?;
        if state.names.contains_key(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.names.insert(to.to_owned(), id);
        Ok(())
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        let mut state = self.state();
        state.step(Step::Change)?;
        let id = state.find(path)?;
        state.nodes.get_mut(&id).unwrap().mode = mode;
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Step::Change)?;
        state.find(path)?;
        state.names.remove(path);
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Step::Sync)?;
        state.find(path)?;
        let State { names, synced_names, .. } = &mut *state;
        synced_names.retain(|name, _| name.parent() != Some(path));
        let inside = names.iter().filter(|(name, _)| name.parent() == Some(path));
        synced_names.extend(inside.map(|(name, id)| (name.clone(), *id)));
        Ok(())
    }

    fn try_lock(&self, folder: &Path) -> io::Result<Option<Box<dyn Send>>> {
        let mut state = self.state();
        state.find(folder)?;
        if !state.locked.insert(folder.to_owned()) {
            return Ok(None);
        }
        drop(state);
        Ok(Some(Box::new(Held(self.clone(), folder.to_owned()))))
    }
}

struct Held(FaultyDisk, PathBuf);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.state().locked.remove(&self.1);
    }
}

struct Handle {
    disk: FaultyDisk,
    id: u64,
}

impl Writing for Handle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.write(self.id, Step::Store, |node, whole| {
            let kept = if whole { bytes.len() } else { bytes.len() / 2 };
            node.bytes.extend_from_slice(&bytes[..kept]);
        })
    }

    fn reserve(&mut self, _: u64) -> io::Result<()> {
        self.disk.write(self.id, Step::Store, |_, _| ())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.disk.write(self.id, Step::Change, |node, _| {
            node.bytes.truncate(len as usize);
            node.dropped.end = node.dropped.end.min(node.bytes.len());
        })
    }

    fn set_owner(&mut self, _: (u32, u32)) -> io::Result<()> {
        self.disk.write(self.id, Step::Change, |_, _| ())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.write(self.id, Step::Sync, |node, _| {
            node.synced = node.bytes.clone();
            // What was dropped is a hole.
            for at in node.dropped.clone() {
                node.synced[at] = 0;
            }
        })
    }
}

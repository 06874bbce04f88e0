//! Stand-ins until `format::room_toml` and `ledger::replay` are there.
#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used)]

pub mod replay {
    use crate::domain::{ledger::*, room::Room};
    pub fn edited_outside(room: &Room, ledger: &Ledger) -> Option<RoomChanged> {
        let mut known = std::collections::BTreeMap::new();
        for entry in ledger.entries.iter() {
            if let Body::RoomChanged(changed) | Body::EditedOutside(changed) = &entry.body {
                for change in &changed.changes {
                    match &change.now {
                        Some(now) => known.insert(change.path.clone(), now.clone()),
                        None => known.remove(&change.path),
                    };
                }
            }
        }
        let now = room.values();
        let paths: std::collections::BTreeSet<_> = known.keys().chain(now.keys()).cloned().collect();
        let changes: Vec<_> = paths
            .into_iter()
            .filter(|path| known.get(path) != now.get(path))
            .map(|path| ValueChange { was: known.get(&path).cloned(), now: now.get(&path).cloned(), path })
            .collect();
        (!changes.is_empty()).then_some(RoomChanged { changes })
    }
}

//! Who listens to which room, and the bell that wakes them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Something to hear of a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The last entry that is known.
    pub seq: u64,
    /// Changes whenever somebody comes or goes.
    pub here: u64,
}

/// All rooms somebody listens to. They have no queues: who is woken reads what is new, however slow they are.
#[derive(Debug, Default)]
pub struct Hub {
    rooms: Mutex<BTreeMap<String, Room>>,
}

#[derive(Debug)]
struct Room {
    bell: watch::Sender<Heard>,
    /// By name: how many streams.
    here: BTreeMap<String, usize>,
}

/// A place at a room's bell, until it is dropped.
pub struct Seat {
    hub: Arc<Hub>,
    tenant: String,
    name: String,
    pub heard: watch::Receiver<Heard>,
}

impl Hub {
    /// A room has gone on to this entry.
    pub fn ring(&self, tenant: &str, seq: u64) {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = rooms.get(tenant) {
            room.bell.send_modify(|heard| heard.seq = heard.seq.max(seq));
        }
    }

    /// Takes a seat; everybody hears who came.
    #[must_use]
    pub fn sit(self: &Arc<Self>, tenant: &str, name: &str) -> Seat {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Room { bell: watch::Sender::new(Heard::default()), here: BTreeMap::new() };
        let room = rooms.entry(tenant.to_owned()).or_insert_with(fresh);
        *room.here.entry(name.to_owned()).or_default() += 1;
        room.bell.send_modify(|heard| heard.here += 1);
        let heard = room.bell.subscribe();
        Seat { hub: Arc::clone(self), tenant: tenant.to_owned(), name: name.to_owned(), heard }
    }

    /// Who else listens, by name: oneself only when from two places.
    #[must_use]
    pub fn others(&self, tenant: &str, name: &str) -> Vec<String> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(room) = rooms.get(tenant) else { return Vec::new() };
        let others = room.here.iter().filter(|(who, streams)| *who != name || **streams > 1);
        others.map(|(who, _)| who.clone()).collect()
    }

    /// All tenants that somebody listens to.
    #[must_use]
    pub fn tenants(&self) -> Vec<String> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = self.hub.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(room) = rooms.get_mut(&self.tenant) else { return };
        if let Some(count) = room.here.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                room.here.remove(&self.name);
            }
        }
        if room.here.is_empty() {
            rooms.remove(&self.tenant);
        } else {
            room.bell.send_modify(|heard| heard.here += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_and_goes_is_known_and_an_empty_room_is_forgotten() {
        let hub = Arc::new(Hub::default());
        let (ada, bo) = (hub.sit("t", "Ada"), hub.sit("t", "Bo"));
        let again = hub.sit("t", "Ada");
        assert_eq!(hub.others("t", "Bo"), ["Ada"]);
        assert_eq!(hub.others("t", "Ada"), ["Ada", "Bo"], "she is here twice");
        drop(again);
        assert_eq!((hub.others("t", "Ada"), hub.others("t", "Bo")), (vec!["Bo".into()], vec!["Ada".into()]));
        hub.ring("t", 7);
        assert_eq!(bo.heard.borrow().seq, 7);
        drop((ada, bo));
        assert!(hub.others("t", "").is_empty() && hub.tenants().is_empty());
    }
}

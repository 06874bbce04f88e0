//! Who listens to which room, and the bell that wakes them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
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
#[derive(Default)]
pub struct Hub {
    rooms: Mutex<BTreeMap<String, Room>>,
    /// Who listens at other servers on the same database, by tenant and server.
    elsewhere: Mutex<BTreeMap<(String, String), Elsewhere>>,
    moved: Mutex<Option<Moved>>,
}

/// Hears in which room somebody came or went.
type Moved = Box<dyn Fn(&str) + Send>;

struct Elsewhere {
    heard: Instant,
    names: BTreeMap<String, usize>,
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

    /// Calls this whenever somebody comes or goes here.
    pub fn on_move(&self, moved: Moved) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Some(moved);
    }

    fn has_moved(&self, tenant: &str) {
        if let Some(moved) = &*self.moved.lock().unwrap_or_else(PoisonError::into_inner) {
            moved(tenant);
        }
    }

    /// Who listens to a room here, by name: how many streams.
    #[must_use]
    pub fn here(&self, tenant: &str) -> BTreeMap<String, usize> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.get(tenant).map(|room| room.here.clone()).unwrap_or_default()
    }

    /// Another server says who listens to a room there.
    pub fn elsewhere(&self, server: &str, tenant: &str, names: &BTreeMap<String, usize>) {
        let key = (tenant.to_owned(), server.to_owned());
        let mut elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        let before = if names.is_empty() {
            elsewhere.remove(&key)
        } else {
            elsewhere.insert(key, Elsewhere { heard: Instant::now(), names: names.clone() })
        };
        drop(elsewhere);
        if before.map(|before| before.names).unwrap_or_default() != *names {
            self.tell_who(tenant);
        }
    }

    /// Forgets what other servers did not say again for so long.
    pub fn forget(&self, silent: Duration) {
        let mut elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        let (silent, heard): (BTreeMap<_, _>, _) =
            std::mem::take(&mut *elsewhere).into_iter().partition(|(_, there)| there.heard.elapsed() >= silent);
        *elsewhere = heard;
        drop(elsewhere);
        for (tenant, _) in silent.into_keys() {
            self.tell_who(&tenant);
        }
    }

    /// Everybody who listens to a room hears who else does.
    fn tell_who(&self, tenant: &str) {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(room) = rooms.get(tenant) {
            room.bell.send_modify(|heard| heard.here += 1);
        }
    }

    /// Takes a seat; everybody hears who came.
    #[must_use]
    pub fn sit(self: &Arc<Self>, tenant: &str, name: &str) -> Seat {
        let seat = self.seat(tenant, name);
        self.has_moved(tenant);
        seat
    }

    fn seat(self: &Arc<Self>, tenant: &str, name: &str) -> Seat {
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
        let mut all = self.here(tenant);
        let elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        let there = elsewhere.iter().filter(|((of, _), _)| of == tenant).flat_map(|(_, there)| &there.names);
        for (who, streams) in there {
            *all.entry(who.clone()).or_default() += streams;
        }
        drop(elsewhere);
        all.into_iter().filter(|(who, streams)| *who != name || *streams > 1).map(|(who, _)| who).collect()
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
        drop(rooms);
        self.hub.has_moved(&self.tenant);
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

    #[test]
    fn who_listens_at_another_server_is_here_too_until_it_says_otherwise_or_nothing() {
        let hub = Arc::new(Hub::default());
        let ada = hub.sit("t", "Ada");
        let at = |name: &str| BTreeMap::from([(name.to_owned(), 1)]);
        hub.elsewhere("two", "t", &at("Bo"));
        hub.elsewhere("two", "other", &at("Eve"));
        assert_eq!((hub.others("t", "Ada"), ada.heard.borrow().here), (vec!["Bo".to_owned()], 2), "it is told");
        hub.elsewhere("two", "t", &at("Bo"));
        assert_eq!(ada.heard.borrow().here, 2, "said again it is no news");
        hub.elsewhere("three", "t", &at("Ada"));
        assert_eq!(hub.others("t", "Ada"), ["Ada", "Bo"], "she is here twice");
        hub.elsewhere("three", "t", &BTreeMap::new());
        assert_eq!(hub.others("t", "Ada"), ["Bo"]);
        hub.forget(Duration::ZERO);
        assert!(hub.others("t", "Ada").is_empty() && ada.heard.borrow().here > 3, "a server that was killed says nothing");
    }
}

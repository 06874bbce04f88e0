//! Who listens at other servers on the same database: each says who listens at it, when somebody comes or goes and every so
//! often, and asks the others when it may have missed something.

use super::hub::Hub;
use super::site::Site;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Everything is said again so often …
const AGAIN: Duration = Duration::from_secs(10);
/// … and what was not said again for so long is over: the server that said it was killed.
const SILENT: Duration = Duration::from_secs(35);
/// A notification of PostgreSQL holds 8,000 bytes.
const MOST: usize = 7_000;

/// What one server says to the others.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    /// By name, how many listen to the room of a tenant at this server.
    Here { server: String, tenant: String, names: BTreeMap<String, usize> },
    /// Say it all again.
    Ask { server: String },
}

/// This server among others.
pub struct Presence {
    server: String,
    hub: Arc<Hub>,
    say: Sender<Said>,
}

enum Said {
    Moved(String),
    All,
    Ask,
}

impl Presence {
    /// Tells others from here on, on a thread of its own. `server` is a name that no other server has.
    #[must_use]
    pub fn start(site: &Arc<Site>, server: String) -> Self {
        let (say, said) = channel();
        let moved = say.clone();
        site.hub.on_move(Box::new(move |tenant| drop(moved.send(Said::Moved(tenant.to_owned())))));
        let (house, hub, name) = (Arc::clone(&site.house), Arc::clone(&site.hub), server.clone());
        // Without a thread others are told nothing; whoever listens here is still told of each other.
        let _ = thread::Builder::new().name("presence".into()).spawn(move || {
            // What is not heard now is said again soon.
            tell(&hub, &name, &said, &|word| drop(house.shelf().tell_here(word)));
        });
        Self { server, hub: Arc::clone(&site.hub), say }
    }

    /// Another server, or this one, said something.
    pub fn heard(&self, text: &str) {
        match serde_json::from_str(text) {
            Ok(Word::Here { server, tenant, names }) if server != self.server => self.hub.elsewhere(&server, &tenant, &names),
            Ok(Word::Ask { server }) if server != self.server => drop(self.say.send(Said::All)),
            // Our own; or a newer server's.
            Ok(Word::Here { .. } | Word::Ask { .. }) | Err(_) => {}
        }
    }

    /// What others said may have been missed.
    pub fn missed(&self) {
        let _ = self.say.send(Said::Ask);
        let _ = self.say.send(Said::All);
    }
}

fn tell(hub: &Hub, server: &str, said: &Receiver<Said>, out: &dyn Fn(&str)) {
    loop {
        let first = match said.recv_timeout(AGAIN) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => {
                hub.forget(SILENT);
                Said::All
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut tenants = BTreeSet::new();
        for word in std::iter::once(first).chain(said.try_iter()) {
            match word {
                Said::Moved(tenant) => drop(tenants.insert(tenant)),
                Said::All => tenants.extend(hub.tenants()),
                Said::Ask => out(&text(&Word::Ask { server: server.to_owned() })),
            }
        }
        for tenant in tenants {
            let names = hub.here(&tenant);
            out(&fitting(server, &tenant, names));
        }
    }
}

fn text(word: &Word) -> String {
    serde_json::to_string(word).unwrap_or_default()
}

/// As many names as a notification holds.
fn fitting(server: &str, tenant: &str, mut names: BTreeMap<String, usize>) -> String {
    loop {
        let text = text(&Word::Here { server: server.to_owned(), tenant: tenant.to_owned(), names: names.clone() });
        if text.len() <= MOST || names.pop_last().is_none() {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_full_of_people_still_fits_into_a_notification() {
        let names = (0..2_000).map(|n| (format!("Somebody with a long name {n}"), 1)).collect();
        let text = fitting("one", "northwind", names);
        assert!(text.len() <= MOST && text.contains("long name 0"), "{}", text.len());
    }

    #[test]
    fn what_is_said_of_many_moves_is_said_once_a_room_and_asking_is_said() {
        let hub = Arc::new(Hub::default());
        let _seat = hub.sit("t", "Ada");
        let (say, said) = channel();
        for word in [Said::Moved("t".into()), Said::Moved("t".into()), Said::Ask, Said::All] {
            say.send(word).unwrap();
        }
        drop(say);
        let out = std::cell::RefCell::new(Vec::new());
        tell(&hub, "one", &said, &|word| out.borrow_mut().push(word.to_owned()));
        let here = r#"{"here":{"server":"one","tenant":"t","names":{"Ada":1}}}"#;
        assert_eq!(out.into_inner(), [r#"{"ask":{"server":"one"}}"#, here]);
    }
}

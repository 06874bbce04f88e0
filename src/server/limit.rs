//! How much one visitor gets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bounds, all with a default that suits a team.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Until the head of a request is there.
    pub head: Duration,
    /// Between two pieces of a body.
    pub piece: Duration,
    /// Without a byte of an answer taken.
    pub unread: Duration,
    /// Bytes of a change.
    pub changes: usize,
    /// Bytes of captured output or a file.
    pub blob: u64,
    /// How long requests in flight are waited for when the server stops.
    pub farewell: Duration,
    /// How often silence is broken on a stream of events.
    pub keep_alive: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            head: Duration::from_secs(10),
            piece: Duration::from_secs(20),
            unread: Duration::from_secs(30),
            changes: 4 << 20,
            blob: 256 << 20,
            farewell: Duration::from_secs(8),
            keep_alive: Duration::from_secs(15),
        }
    }
}

/// Wrong tokens from one address in this time …
const WINDOW: Duration = Duration::from_mins(1);
/// … and so many, then it has to wait. A right token is let in all the same: others may share the address.
const MOST: u32 = 30;
/// No more addresses are remembered.
const ADDRESSES: usize = 10_000;

/// Who showed wrong tokens lately.
#[derive(Debug, Default)]
pub struct Failures(Mutex<HashMap<IpAddr, (u32, Instant)>>);

impl Failures {
    /// Counts one. `Some` seconds to wait when there were too many.
    pub fn count(&self, address: IpAddr) -> Option<u64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES && !known.contains_key(&address) {
            known.retain(|_, (_, since)| since.elapsed() < WINDOW);
            if known.len() >= ADDRESSES {
                known.clear();
            }
        }
        let (count, since) = known.entry(address).or_insert_with(|| (0, Instant::now()));
        if since.elapsed() >= WINDOW {
            (*count, *since) = (0, Instant::now());
        }
        *count = count.saturating_add(1);
        (*count > MOST).then(|| WINDOW.saturating_sub(since.elapsed()).as_secs().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_slowed_down_address_by_address() {
        let (failures, here) = (Failures::default(), IpAddr::from([127, 0, 0, 1]));
        assert!((0..MOST).all(|_| failures.count(here).is_none()));
        assert!(failures.count(here).is_some_and(|seconds| (1..=60).contains(&seconds)));
        assert!(failures.count(IpAddr::from([10, 0, 0, 1])).is_none());
    }
}

//! Runs of this cockpit: what they printed so far, and how somebody looks at it.

use super::text::TextInput;
use crate::app::ports::{Captured, RunEvent};
use crate::domain::ids::{ProofId, RunId};
use crate::tui::effect::RunRequest;
use jiff::Timestamp;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// Lines kept for looking back; all of it is in the spool.
const LINES: usize = 10_000;
/// Bytes that may wait between two frames; older ones are skipped on screen, not in the spool.
const WAITING: usize = 1 << 20;

/// Every run of this cockpit, the newest last.
#[derive(Default)]
pub struct Runs {
    list: Vec<LiveRun>,
}

impl Runs {
    /// A run that is about to start.
    pub fn add(&mut self, run: LiveRun) {
        self.list.push(run);
    }

    /// The run with this id.
    #[must_use]
    pub fn get(&self, id: &RunId) -> Option<&LiveRun> {
        self.list.iter().find(|run| run.id == *id)
    }

    /// The run with this id.
    pub fn get_mut(&mut self, id: &RunId) -> Option<&mut LiveRun> {
        self.list.iter_mut().find(|run| run.id == *id)
    }

    /// Forgets a run that never was.
    pub fn remove(&mut self, id: &RunId) {
        self.list.retain(|run| run.id != *id);
    }

    /// What is no longer in the spool was attached or discarded.
    pub fn settle(&mut self, spool: &[Captured]) {
        for run in &mut self.list {
            let waits = |captured: &Captured| spool.iter().any(|other| other.run.id == captured.run.id);
            match &run.state {
                RunState::Captured(captured) if !waits(captured) => run.state = RunState::Settled(captured.clone()),
                // A list made before the run ended, and read after: the next one puts it right.
                RunState::Settled(captured) if waits(captured) => run.state = RunState::Captured(captured.clone()),
                RunState::Waiting(_)
                | RunState::UnderWay { .. }
                | RunState::Captured(_)
                | RunState::Settled(_)
                | RunState::Broken(_) => {}
            }
        }
    }

    /// The newest run of a proof.
    #[must_use]
    pub fn of(&self, proof: &ProofId) -> Option<&LiveRun> {
        self.list.iter().rev().find(|run| run.proof == *proof)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &LiveRun> {
        self.list.iter()
    }

    /// All of them, oldest first.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut LiveRun> {
        self.list.iter_mut()
    }

    /// How many have started and not ended.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.list.iter().filter(|run| run.is_under_way()).count()
    }

    /// How many wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.list.iter().filter(|run| run.is_waiting()).count()
    }
}

/// Several proofs, one after another, no further than the first that does not pass.
pub struct Batch {
    pub current: RunId,
    /// And the command of each as its sheet had it.
    pub left: VecDeque<(ProofId, String)>,
    /// Which of them runs now, from 1.
    pub at: usize,
    pub total: usize,
}

/// One run and its pane.
pub struct LiveRun {
    pub id: RunId,
    pub proof: ProofId,
    pub started: Timestamp,
    /// When it last printed something.
    pub heard: Timestamp,
    pub state: RunState,
    pub feed: Arc<Feed>,
    pub lines: VecDeque<Vec<u8>>,
    /// The line that is not finished.
    pub partial: Vec<u8>,
    /// Lines that came and are no longer kept here.
    pub skipped: u64,
    /// The first line shown; `None` follows the end.
    pub frozen_at: Option<usize>,
    pub search: TextInput,
}

/// How far a run is.
#[derive(Debug)]
pub enum RunState {
    /// As many run as may; it starts when one of them has ended.
    Waiting(Box<RunRequest>),
    UnderWay {
        stopping: bool,
    },
    /// Captured, and neither attached nor discarded yet.
    Captured(Box<Captured>),
    /// Attached or discarded: no longer in the spool.
    Settled(Box<Captured>),
    /// It could not be run, and why.
    Broken(String),
}

impl LiveRun {
    /// A run that is about to start.
    #[must_use]
    pub fn new(id: RunId, proof: ProofId, started: Timestamp) -> Self {
        Self {
            id,
            proof,
            started,
            heard: started,
            state: RunState::UnderWay { stopping: false },
            feed: Arc::default(),
            lines: VecDeque::new(),
            partial: Vec::new(),
            skipped: 0,
            frozen_at: None,
            search: TextInput::default(),
        }
    }

    /// Whether it has started and not ended.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self.state, RunState::UnderWay { .. })
    }

    /// Whether it has not started yet.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, RunState::Waiting(_))
    }

    /// Whether it is still to end.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_under_way() || self.is_waiting()
    }

    /// What it captured, when it has ended.
    #[must_use]
    pub fn captured(&self) -> Option<&Captured> {
        match &self.state {
            RunState::Captured(captured) | RunState::Settled(captured) => Some(captured),
            RunState::Waiting(_) | RunState::UnderWay { .. } | RunState::Broken(_) => None,
        }
    }

    /// Takes in what waits in the feed.
    pub fn take_in(&mut self) {
        let (lines, partial, skipped) = self.feed.take();
        self.skipped += skipped;
        self.partial = partial;
        let mut lines = lines.split(|b| *b == b'\n').peekable();
        while let Some(line) = lines.next() {
            // The feed holds whole lines: what follows the last line end is nothing.
            if lines.peek().is_some() {
                self.lines.push_back(line.to_vec());
            }
        }
        let over = self.lines.len().saturating_sub(LINES);
        self.lines.drain(..over);
        self.skipped += over as u64;
        self.frozen_at = self.frozen_at.map(|top| top.saturating_sub(over));
    }
}

/// Between the run's thread and the loop. Bounded, so that a flood costs neither memory nor a key press.
#[derive(Default)]
pub struct Feed {
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    partial: Vec<u8>,
    skipped: u64,
    /// The loop knows that something waits.
    told: bool,
}

impl Feed {
    /// Takes an event of the run; `true` when the loop has to be told.
    pub fn push(&self, event: &RunEvent) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            RunEvent::Output(bytes) => {
                waiting.partial.clear();
                waiting.lines.extend_from_slice(bytes);
                if !bytes.ends_with(b"\n") && !bytes.is_empty() {
                    waiting.lines.push(b'\n');
                }
                waiting.shorten();
            }
            RunEvent::Partial(bytes) => waiting.partial.clone_from(bytes),
            RunEvent::Ended(_) => return false,
        }
        !std::mem::replace(&mut waiting.told, true)
    }

    fn take(&self) -> (Vec<u8>, Vec<u8>, u64) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.told = false;
        let skipped = std::mem::take(&mut waiting.skipped);
        (std::mem::take(&mut waiting.lines), waiting.partial.clone(), skipped)
    }
}

impl Waiting {
    fn shorten(&mut self) {
        if self.lines.len() <= 2 * WAITING {
            return;
        }
        let from = self.lines.len() - WAITING;
        let cut = memchr::memchr(b'\n', self.lines.get(from..).unwrap_or_default()).map_or(self.lines.len(), |at| from + at + 1);
        self.skipped += memchr::memchr_iter(b'\n', self.lines.get(..cut).unwrap_or_default()).count() as u64;
        self.lines.drain(..cut);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> LiveRun {
        LiveRun::new("r1".into(), "p".into(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_flood_is_skipped_on_screen_and_counted() {
        let mut run = run();
        let chunk = b"0123456789\n".repeat(100_000);
        for _ in 0..5 {
            run.feed.push(&RunEvent::Output(chunk.clone()));
        }
        run.take_in();
        assert_eq!(run.lines.len(), LINES);
        assert_eq!(run.skipped + run.lines.len() as u64, 500_000);
    }

    #[test]
    fn the_loop_is_told_once_for_all_that_waits() {
        let run = run();
        assert!(run.feed.push(&RunEvent::Output(b"a\n".to_vec())));
        assert!(!run.feed.push(&RunEvent::Output(b"b\n".to_vec())));
    }
}

//! What the entries add up to: one pass over the ledger, then answers without looking at it again.
//!
//! Order is always by `seq`, never by clock: an entry that says it is older than the one before is still the newer one.

use super::{Ask, Attached, Body, Decision, Entry, Exclusion, Ledger, Outcome, RoomChanged, Run, ValueChange};
use crate::domain::ids::CheckId;
use crate::domain::room::{Room, Value};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The ledger, read once. Everything in it is in order of `seq`.
#[derive(Debug, Default)]
pub struct History<'a> {
    records: Vec<Record<'a>>,
    by_proof: HashMap<&'a str, Vec<usize>>,
    serving: HashMap<&'a str, Vec<usize>>,
    runs: HashMap<&'a str, Vec<Ran<'a>>>,
    exclusions: Vec<Signed<'a>>,
    decision: Option<(&'a Entry, &'a Decision)>,
    asks: Vec<Asked<'a>>,
    changes: HashMap<&'a str, Vec<Changed<'a>>>,
    newest: Option<Timestamp>,
}

/// A piece of evidence and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub seq: u64,
    pub at: Timestamp,
    pub by: &'a str,
    pub attached: &'a Attached,
    /// The entry that took it back.
    pub withdrawn: Option<u64>,
    /// Where its run stands in the order of events: the entry that says it ended, else this record's own.
    pub ran: u64,
}

/// A run that ended, attached or not.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a> {
    pub seq: u64,
    pub at: Timestamp,
    pub outcome: Outcome,
    pub run: &'a Run,
    pub inputs: &'a super::Inputs,
    /// Checks that its output says failed.
    pub failing: &'a [CheckId],
}

/// A signed exclusion and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub seq: u64,
    pub at: Timestamp,
    pub by: &'a str,
    pub exclusion: &'a Exclusion,
    /// The entry that revoked it.
    pub revoked: Option<u64>,
}

/// A request that was sent, and whether it was answered.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub seq: u64,
    pub at: Timestamp,
    pub ask: &'a Ask,
    pub answered: bool,
}

/// One value of the room that changed.
#[derive(Clone, Copy, Debug)]
pub struct Changed<'a> {
    pub seq: u64,
    pub at: Timestamp,
    pub by: &'a str,
    pub change: &'a ValueChange,
    /// By hand, in the file.
    pub outside: bool,
    /// It takes an earlier change back.
    pub undo: bool,
}

impl<'a> History<'a> {
    /// Reads the ledger, once, front to back.
    #[must_use]
    pub fn of(ledger: &'a Ledger) -> Self {
        let mut history = Self::default();
        let mut place_of_record: HashMap<u64, usize> = HashMap::new();
        let mut end_of_run: HashMap<&'a str, u64> = HashMap::new();
        for entry in ledger.entries.iter() {
            history.newest = history.newest.max(Some(entry.at));
            match &entry.body {
                Body::Attached(attached) => {
                    let place = history.records.len();
                    place_of_record.insert(entry.seq, place);
                    let ran = attached.run.as_ref().and_then(|run| end_of_run.get(run.id.as_str()).copied());
                    history.records.push(Record {
                        seq: entry.seq,
                        at: entry.at,
                        by: &entry.by,
                        attached,
                        withdrawn: None,
                        ran: ran.unwrap_or(entry.seq),
                    });
                    if let Some(proof) = &attached.proof {
                        history.by_proof.entry(proof.as_str()).or_default().push(place);
                    }
                    if let Some(serves) = &attached.serves {
                        history.serving.entry(serves).or_default().push(place);
                    }
                    // A run that was recorded nowhere else still happened.
                    if let (Some(proof), Some(run), None) = (&attached.proof, &attached.run, ran) {
                        let runs = history.runs.entry(proof.as_str()).or_default();
                        runs.push(Ran {
                            seq: entry.seq,
                            at: entry.at,
                            outcome: attached.outcome,
                            run,
                            inputs: &attached.inputs,
                            failing: &[],
                        });
                    }
                }
                Body::Withdrawn(withdrawn) => {
                    if let Some(record) = place_of_record.get(&withdrawn.evidence).and_then(|&p| history.records.get_mut(p)) {
                        record.withdrawn = record.withdrawn.or(Some(entry.seq));
                    }
                }
                Body::ExclusionSigned(exclusion) => {
                    history.exclusions.push(Signed { seq: entry.seq, at: entry.at, by: &entry.by, exclusion, revoked: None });
                }
                Body::ExclusionRevoked(revoked) => {
                    for signed in history.exclusions.iter_mut().filter(|signed| signed.exclusion.id == revoked.exclusion) {
                        signed.revoked = signed.revoked.or(Some(entry.seq));
                    }
                }
                Body::Decided(decision) => history.decision = Some((entry, decision)),
                Body::RoomChanged(changed) => history.note(entry, changed, false),
                Body::EditedOutside(changed) => history.note(entry, changed, true),
                Body::RunFinished(ran) => {
                    end_of_run.insert(ran.run.id.as_str(), entry.seq);
                    let runs = history.runs.entry(ran.proof.as_str()).or_default();
                    runs.push(Ran {
                        seq: entry.seq,
                        at: entry.at,
                        outcome: ran.outcome,
                        run: &ran.run,
                        inputs: &ran.inputs,
                        failing: &ran.failing,
                    });
                }
                Body::AskSent(ask) => history.asks.push(Asked { seq: entry.seq, at: entry.at, ask, answered: false }),
                Body::AskAnswered(answer) => {
                    for asked in history.asks.iter_mut().filter(|asked| asked.ask.about.iter().any(|a| answer.about.contains(a)))
                    {
                        asked.answered = true;
                    }
                }
                Body::Unknown(_) => {}
            }
        }
        history
    }

    fn note(&mut self, entry: &'a Entry, changed: &'a RoomChanged, outside: bool) {
        for change in &changed.changes {
            let noted = Changed { seq: entry.seq, at: entry.at, by: &entry.by, change, outside, undo: changed.undo };
            self.changes.entry(&change.path).or_default().push(noted);
        }
    }

    /// The latest time any entry names: no judgement is made as of an earlier one, so that a clock set back freshens nothing.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Every record, withdrawn ones too.
    #[must_use]
    pub fn records(&self) -> &[Record<'a>] {
        &self.records
    }

    /// The record of this entry.
    #[must_use]
    pub fn record(&self, seq: u64) -> Option<Record<'a>> {
        let place = self.records.binary_search_by_key(&seq, |record| record.seq).ok()?;
        self.records.get(place).copied()
    }

    /// Attached runs of a proof, newest first, withdrawn ones too. A file without a run is not among them: nobody saw
    /// how the command ended.
    pub fn runs_attached(&self, proof: &str) -> impl Iterator<Item = Record<'a>> {
        let places = self.by_proof.get(proof).map_or(&[][..], Vec::as_slice);
        places.iter().rev().filter_map(|&place| self.records.get(place).copied()).filter(|record| record.attached.run.is_some())
    }

    /// Records that serve a requirement, step or role, newest first, without those taken back.
    pub fn serving(&self, what: &str) -> impl Iterator<Item = Record<'a>> {
        let places = self.serving.get(what).map_or(&[][..], Vec::as_slice);
        places.iter().rev().filter_map(|&place| self.records.get(place).copied()).filter(|record| record.withdrawn.is_none())
    }

    /// Every run of a proof that ended, attached or not.
    #[must_use]
    pub fn runs(&self, proof: &str) -> &[Ran<'a>] {
        self.runs.get(proof).map_or(&[], Vec::as_slice)
    }

    /// The checks that runs of a proof told of, attached or not, the newest first and one several times.
    pub fn checks(&self, proof: &str) -> impl Iterator<Item = &'a CheckId> {
        let places = self.by_proof.get(proof).map_or(&[][..], Vec::as_slice);
        let attached = places.iter().rev().filter_map(|&place| self.records.get(place));
        let attached = attached.flat_map(|record| record.attached.checks.iter().flatten()).map(|check| &check.id);
        let failing = self.runs(proof).iter().rev().flat_map(|ran| ran.failing);
        failing.chain(attached)
    }

    /// The finished run with this id.
    #[must_use]
    pub fn finished(&self, proof: &str, run: &str) -> Option<Ran<'a>> {
        self.runs(proof).iter().rev().find(|ran| ran.run.id == *run).copied()
    }

    /// Every exclusion ever signed.
    #[must_use]
    pub fn exclusions(&self) -> &[Signed<'a>] {
        &self.exclusions
    }

    /// The newest decision.
    #[must_use]
    pub fn decision(&self) -> Option<(&'a Entry, &'a Decision)> {
        self.decision
    }

    /// Every request ever sent.
    #[must_use]
    pub fn asks(&self) -> &[Asked<'a>] {
        &self.asks
    }

    /// What happened to one value of the room.
    #[must_use]
    pub fn changes(&self, path: &str) -> &[Changed<'a>] {
        self.changes.get(path).map_or(&[], Vec::as_slice)
    }
}

/// What differs between the room file and what the ledger knows of it, when something does: it was edited by hand.
/// `mask` is what the ledger keeps of a text; a value that differs only by its masks is known.
#[must_use]
pub fn edited_outside(room: &Room, ledger: &Ledger, mask: &dyn Fn(&str) -> String) -> Option<RoomChanged> {
    let mut known: BTreeMap<&str, &Value> = BTreeMap::new();
    for entry in ledger.entries.iter() {
        let (Body::RoomChanged(changed) | Body::EditedOutside(changed)) = &entry.body else { continue };
        for change in &changed.changes {
            match &change.now {
                Some(value) => known.insert(&change.path, value),
                None => known.remove(change.path.as_str()),
            };
        }
    }
    let found = room.values();
    let mut changes: Vec<ValueChange> = Vec::new();
    for (path, value) in &found {
        let was = known.remove(path.as_str());
        if was == Some(value) {
            continue;
        }
        let value = value.map(mask);
        if was != Some(&value) {
            changes.push(ValueChange { path: path.clone(), was: was.cloned(), now: Some(value) });
        }
    }
    changes.extend(known.into_iter().map(|(path, was)| ValueChange { path: path.to_owned(), was: Some(was.clone()), now: None }));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    (!changes.is_empty()).then(|| RoomChanged::new(changes))
}

/// The room and its ledger as they were known at a moment: later entries are left out, and the values they replaced are
/// put back.
///
/// The entries that stay are those before the first one of a later time. The first entry of a ledger records a room that
/// existed before, so it is never taken back.
#[must_use]
pub fn as_of(room: &Room, ledger: &Ledger, at: Timestamp) -> (Room, Ledger) {
    let cut = ledger.entries.iter().position(|entry| entry.at > at).unwrap_or(ledger.entries.len());
    if cut == ledger.entries.len() {
        return (room.clone(), ledger.clone());
    }
    let mut then = room.clone();
    for (place, entry) in ledger.entries.iter().enumerate().skip(cut).rev() {
        let (Body::RoomChanged(changed) | Body::EditedOutside(changed)) = &entry.body else { continue };
        if place == 0 && matches!(entry.body, Body::EditedOutside(_)) {
            continue;
        }
        for change in changed.changes.iter().rev() {
            then.put(&change.path, change.was.as_ref());
        }
    }
    let entries = ledger.entries.iter().take(cut).cloned().collect();
    (then, Ledger { entries: Arc::new(entries), ..ledger.clone() })
}

/// The room and its ledger as they would be without some entries: what these alone came to is what differs. A value that
/// another entry changed since stays as that one made it.
#[must_use]
pub fn without(room: &Room, ledger: &Ledger, is_left_out: &dyn Fn(&Entry) -> bool) -> (Room, Ledger) {
    let mut then = room.clone();
    let mut made_since: BTreeSet<&str> = BTreeSet::new();
    for entry in ledger.entries.iter().rev() {
        let (Body::RoomChanged(changed) | Body::EditedOutside(changed)) = &entry.body else { continue };
        let is_left_out = is_left_out(entry);
        for change in changed.changes.iter().rev() {
            if !is_left_out {
                made_since.insert(&change.path);
            } else if !made_since.contains(change.path.as_str()) {
                then.put(&change.path, change.was.as_ref());
            }
        }
    }
    let entries = ledger.entries.iter().filter(|entry| !is_left_out(entry)).cloned().collect();
    (then, Ledger { entries: Arc::new(entries), ..ledger.clone() })
}

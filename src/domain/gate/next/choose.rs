//! Which of several ways: where a plan leaves a choice, the one that makes the whole list shortest.
//!
//! What one way costs depends on the others: an act may settle several requirements, a run may show the work of a step,
//! and an act may outdate a proof that would otherwise stay. So whole lists are compared, never single requirements.

use super::draft::{Draft, Phase};
use super::{Known, collect};
use crate::domain::gate::status::ActionKind;
use crate::domain::ids::{GateId, TargetId};
use crate::domain::plan::{Input, Need, Step};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
};

/// How many lists are looked at with every judgement. More than any plan needs that leaves a few choices.
pub const AT_ONCE: usize = 200;
/// How many for somebody who asks for the path and waits for it.
pub const WHEN_ASKED: usize = 20_000;

/// Which alternative was taken, by where the alternatives stand in the plan.
type Picks = BTreeMap<usize, usize>;

/// A choice nobody has made yet: where, and the alternatives there are, the shortest first.
struct Fork {
    at: usize,
    ways: Vec<usize>,
}

/// The choices made so far, and what the acts they bring change.
pub struct Way<'w, 'k, 'a> {
    known: &'w Known<'k, 'a>,
    picks: &'w Picks,
    changes: &'w BTreeSet<Input>,
    forks: RefCell<Vec<Fork>>,
}

impl<'k, 'a> Deref for Way<'_, 'k, 'a> {
    type Target = Known<'k, 'a>;

    fn deref(&self) -> &Self::Target {
        self.known
    }
}

impl Way<'_, '_, '_> {
    /// An act on the list changes one of these.
    pub fn changes_any(&self, inputs: &[Input]) -> bool {
        inputs.iter().any(|input| self.changes.contains(input))
    }

    /// What the alternative wants that was taken here; nothing while none was, which then is a choice to make.
    pub fn pick(&self, needs: &[Need], is_settled: impl Fn(&Need) -> bool, of: impl Fn(&Need) -> Vec<Draft>) -> Vec<Draft> {
        let at = needs.as_ptr().addr();
        if let Some(need) = self.picks.get(&at).and_then(|pick| needs.get(*pick)) {
            return of(need);
        }
        let before = self.forks.borrow().len();
        let mut ways: Vec<(usize, usize, usize)> = Vec::new();
        for (place, need) in needs.iter().enumerate() {
            let drafts = of(need);
            let inner = self.forks.borrow().len() > before;
            self.forks.borrow_mut().truncate(before);
            if drafts.is_empty() && !inner {
                if is_settled(need) {
                    return Vec::new();
                }
                continue;
            }
            ways.push((drafts.len(), drafts.iter().filter(|draft| draft.phase == Phase::Danger).count(), place));
        }
        ways.sort_unstable();
        match ways.as_slice() {
            [] => Vec::new(),
            [(.., only)] => needs.get(*only).map(of).unwrap_or_default(),
            _ => {
                self.forks.borrow_mut().push(Fork { at, ways: ways.into_iter().map(|(.., place)| place).collect() });
                Vec::new()
            }
        }
    }
}

/// The shortest list; of equally short ones that with the fewest dangerous acts.
pub fn fewest(known: &Known<'_, '_>, stage: &GateId, tries: usize) -> Vec<Draft> {
    let mut search = Search { known, stage, left: tries.max(1), best: None };
    search.go(&mut Picks::new());
    search.best.map(|(_, drafts)| drafts).unwrap_or_default()
}

struct Search<'s, 'k, 'a> {
    known: &'s Known<'k, 'a>,
    stage: &'s GateId,
    left: usize,
    best: Option<((usize, usize), Vec<Draft>)>,
}

impl Search<'_, '_, '_> {
    /// Depth first, the shortest alternatives first, so that what is found early is good when `left` runs out.
    fn go(&mut self, picks: &mut Picks) {
        let (drafts, forks) = gathered(self.known, self.stage, picks);
        // Choices only add acts, except that a run may spare the attaching of something for its step.
        let certain = drafts.iter().filter(|draft| step_of(self.known, draft).is_none()).count();
        if self.best.as_ref().is_some_and(|((count, _), _)| certain > *count) {
            return;
        }
        let Some(fork) = forks.into_iter().next() else {
            let cost = (drafts.len(), drafts.iter().filter(|draft| draft.phase == Phase::Danger).count());
            if self.best.as_ref().is_none_or(|(best, _)| cost < *best) {
                self.best = Some((cost, drafts));
            }
            return;
        };
        for way in fork.ways {
            if self.left == 0 && self.best.is_some() {
                return;
            }
            self.left = self.left.saturating_sub(1);
            picks.insert(fork.at, way);
            self.go(picks);
        }
        picks.remove(&fork.at);
    }
}

/// Everything that is wanted under these choices. What an act outdates is wanted too, until nothing more is.
fn gathered(known: &Known<'_, '_>, stage: &GateId, picks: &Picks) -> (Vec<Draft>, Vec<Fork>) {
    let mut changes: BTreeSet<Input> = BTreeSet::new();
    loop {
        let way = Way { known, picks, changes: &changes, forks: RefCell::default() };
        let mut drafts: Vec<Draft> = Vec::new();
        collect(&way, stage, &mut Vec::new(), &mut drafts);
        let more: BTreeSet<Input> = drafts.iter().flat_map(|draft| draft.changes.iter().cloned()).collect();
        if more.is_subset(&changes) {
            let forks = way.forks.into_inner();
            spare_attachments(known, &mut drafts);
            return (drafts, forks);
        }
        changes.extend(more);
    }
}

/// A run or a document that comes anyway also shows the work of its step.
fn spare_attachments(known: &Known<'_, '_>, drafts: &mut Vec<Draft>) {
    let steps: Vec<&Step> = drafts.iter().filter_map(|draft| step_of(known, draft)).collect();
    for step in steps {
        let Some(shows) = drafts.iter_mut().find(|draft| shows(known, draft, step)) else { continue };
        let fits = |target: &TargetId| step.targets.is_empty() || step.targets.contains(target);
        if shows.targets.len() > 1 {
            shows.targets.retain(fits);
            shows.name_target();
        }
        drafts.retain(|draft| step_of(known, draft).is_none_or(|other| other.id != step.id));
    }
}

/// The step that something is attached for, by itself.
fn step_of<'a>(known: &Known<'_, 'a>, draft: &Draft) -> Option<&'a Step> {
    match &draft.kind {
        ActionKind::Attach(serves) => known.case.plan.step(serves),
        _ => None,
    }
}

fn shows(known: &Known<'_, '_>, draft: &Draft, step: &Step) -> bool {
    let fits = |target: &TargetId| step.targets.is_empty() || step.targets.contains(target);
    match &draft.kind {
        ActionKind::RunProofs(ids) => {
            let mut proofs = ids.iter().filter_map(|id| known.case.plan.proof(id.as_str()));
            proofs.any(|proof| proof.step.as_ref() == Some(&step.id) && proof.targets.first().is_some_and(fits))
        }
        ActionKind::Attach(serves) => {
            step.requires.iter().any(|own| own.id == *serves.as_str())
                && (draft.targets.is_empty() || draft.targets.iter().any(fits))
        }
        _ => false,
    }
}

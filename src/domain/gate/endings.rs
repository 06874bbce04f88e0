//! What goes stale or ends by itself, and when to start mending it.

use super::case::Case;
use super::status::{Ending, ProofState};
use jiff::{SignedDuration, Timestamp};

/// Soonest first. With a go/no-go call ahead, what ends before it says when to start the new run, so that the runs, one
/// after the other, are all fresh when the call begins.
pub fn of(case: &Case<'_>, proofs: &[ProofState]) -> Vec<Ending> {
    let mut endings: Vec<Ending> = Vec::new();
    for proof in proofs {
        let Some(last) = proof.last.as_ref().filter(|last| last.fresh) else { continue };
        let Some(at) = last.fresh_until else { continue };
        let title = case.plan.proof(proof.id.as_str()).map_or(proof.id.as_str(), |proof| &proof.title);
        let what = format!("{title} goes stale");
        endings.push(Ending { at, what, proof: Some(proof.id.clone()), exclusion: None, start_by: None });
    }
    for signed in case.history.exclusions().iter().filter(|signed| signed.revoked.is_none()) {
        let at = case.end_of(signed);
        if at > case.now {
            let (id, covers) = (&signed.exclusion.id, &signed.exclusion.covers);
            let what = format!("exclusion {id} of {covers} ends");
            endings.push(Ending { at, what, proof: None, exclusion: Some(id.clone()), start_by: None });
        }
    }
    endings.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.what.cmp(&b.what)));
    if let Some(call) = case.room.go_no_go().filter(|call| *call > case.now) {
        plan_backwards(&mut endings, call, proofs);
    }
    endings
}

fn plan_backwards(endings: &mut [Ending], call: Timestamp, proofs: &[ProofState]) {
    let mut free = call;
    for ending in endings.iter_mut().rev().filter(|ending| ending.at <= call) {
        let Some(proof) = proofs.iter().find(|proof| Some(&proof.id) == ending.proof.as_ref()) else { continue };
        let takes = SignedDuration::from_millis(proof.typical_ms.unwrap_or(0));
        free = free.checked_sub(takes).unwrap_or(free);
        ending.start_by = Some(free);
    }
}

//! The stand-up: what moved and why, and at most twelve lines to paste. Pure.
//!
//! A buyer or customer gets what the plan says and what stands; names of the vendor's people, what somebody typed, and
//! anything that only tenant or locked evidence shows stay out.

use crate::domain::gate::since::{RequirementMove, Since};
use crate::domain::gate::{Action, ActionKind, Readiness};
use crate::domain::ledger::Ledger;
use crate::domain::plan::{Need, Plan, Side};
use crate::domain::room::Room;
use crate::format::review::whom;
use crate::present::audience::Audience;
use crate::present::line::clip;
use crate::present::{told, words};
use serde_json::{Value, json};

const COLUMNS: usize = 80;
/// What moved takes no more lines.
const MOVED: usize = 3;
const NEXT: usize = 3;

/// Everything it is told from.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'a> {
    pub plan: &'a Plan,
    pub room: &'a Room,
    pub ledger: &'a Ledger,
    pub readiness: &'a Readiness,
    pub since: &'a Since,
    pub audience: Audience,
}

impl<'a> Brief<'a> {
    /// Who acts, as this audience may read it.
    fn who(&self, action: &'a Action) -> String {
        let side = self.plan.party_side(&action.owner);
        let named = whom(self.plan, self.room, &action.owner);
        match (self.audience, side) {
            (Audience::Operator, _) | (Audience::Customer, Side::Customer) => named.to_owned(),
            (Audience::Customer | Audience::Buyer, Side::Vendor) => self.plan.vendor.clone(),
            (Audience::Customer | Audience::Buyer, side) => side.as_str().to_owned(),
        }
    }

    fn may_hear(&self, action: &Action) -> bool {
        match &action.kind {
            ActionKind::RunProofs(ids) => {
                ids.iter().filter_map(|id| self.plan.proof(id.as_str())).all(|proof| proof.class <= self.audience.class())
            }
            ActionKind::Restore(_) => self.audience == Audience::Operator,
            ActionKind::NameOwner(_)
            | ActionKind::FillScope(_)
            | ActionKind::AcceptDependency(_)
            | ActionKind::ProveActivation(_)
            | ActionKind::TickTask(..)
            | ActionKind::Attach(_)
            | ActionKind::Decide(_) => true,
        }
    }

    /// Whether this audience may hear how a requirement moved: not by evidence above its class.
    fn may_hear_of(&self, moved: &RequirementMove) -> bool {
        let fits = |need: &Need| self.fits(need);
        self.plan.requirement(moved.id.as_str()).is_some_and(|requirement| fits(&requirement.need))
    }

    fn fits(&self, need: &Need) -> bool {
        let most = self.audience.class();
        match need {
            Need::Proof(id) => self.plan.proof(id.as_str()).is_some_and(|proof| proof.class <= most),
            Need::Evidence { targets, .. } => {
                targets.iter().filter_map(|id| self.plan.target(id.as_str())).all(|target| target.class <= most)
            }
            Need::Any(needs) => needs.iter().all(|need| self.fits(need)),
            Need::Roles
            | Need::Scope(_)
            | Need::Step(_)
            | Need::Dependencies(_)
            | Need::Activation(_)
            | Need::Decision
            | Need::Gate(_) => true,
        }
    }

    /// The entries behind a move as a sentence: what, by whom; only for those who may read what people typed.
    #[must_use]
    pub fn because(&self, entries: &[u64]) -> String {
        let Some(last) = entries.last() else { return "time passed".to_owned() };
        let entry = self.ledger.entries.binary_search_by_key(last, |entry| entry.seq).ok();
        let Some(entry) = entry.and_then(|place| self.ledger.entries.get(place)) else { return String::new() };
        let more = if entries.len() > 1 { format!(", {} more", entries.len() - 1) } else { String::new() };
        format!("{} (#{} by {}{more})", told::entry(self.plan, &entry.body), entry.seq, entry.by)
    }

    fn verdict(&self) -> Vec<String> {
        let r = self.readiness;
        let zone = &self.room.tenant.timezone;
        let name = words::room_name(self.room);
        let allowed = r.stage.allowed.as_ref().map_or("nothing yet".to_owned(), |id| words::stage(self.plan, id.as_str()));
        let mut out = vec![format!("{}, {name}, {}", words::headline(self.plan, r), words::moment_in_zone(r.as_of, zone))];
        let gate = r.gate(r.stage.target.as_str()).filter(|gate| !gate.status.is_clear());
        out.push(match gate {
            Some(gate) => format!("You may now: {allowed}. {}", gate.stop_rule),
            None => format!("You may now: {allowed}."),
        });
        out
    }

    fn moved(&self) -> Vec<String> {
        let (r, since) = (self.readiness, self.since);
        let zone = &self.room.tenant.timezone;
        let from = words::moment_dated(since.from, r.as_of, zone);
        let gates = since.gates.iter().map(|gate| {
            format!(
                "{} {}/{} to {}/{}",
                words::stage(self.plan, gate.id.as_str()),
                gate.was.1,
                gate.total,
                gate.now.1,
                gate.total
            )
        });
        let gates: Vec<String> = gates.collect();
        let what = if gates.is_empty() { "no gate moved".to_owned() } else { gates.join(", ") };
        let mut out = vec![format!("Since {from}: {what}")];
        let heard: Vec<_> = since.requirements.iter().filter(|moved| self.may_hear_of(moved)).collect();
        let shown = if heard.len() > MOVED { MOVED - 1 } else { heard.len() };
        for moved in heard.iter().take(shown) {
            out.push(format!("- {}: {} to {}{}", moved.id, moved.was.as_str(), moved.now.as_str(), self.why(moved)));
        }
        if shown < heard.len() {
            out.push(format!("- {} more moved", heard.len() - shown));
        }
        out
    }

    fn why(&self, moved: &RequirementMove) -> String {
        match self.audience {
            Audience::Operator => format!("; {}", self.because(&moved.because)),
            Audience::Customer | Audience::Buyer => String::new(),
        }
    }

    fn waiting(&self) -> Vec<String> {
        let mut who: Vec<(String, Option<jiff::Timestamp>, usize)> = Vec::new();
        let asks = |action: &&Action| {
            matches!(
                action.kind,
                ActionKind::NameOwner(_) | ActionKind::FillScope(_) | ActionKind::AcceptDependency(_) | ActionKind::Attach(_)
            )
        };
        for action in self.readiness.actions.iter().filter(asks).filter(|action| self.may_hear(action)) {
            let name = self.who(action);
            match who.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, asked, count)) => {
                    *asked = [*asked, action.asked].into_iter().flatten().min();
                    *count += 1;
                }
                None => who.push((name, action.asked, 1)),
            }
        }
        if who.is_empty() {
            return Vec::new();
        }
        let now = self.readiness.as_of;
        let told: Vec<String> = who
            .into_iter()
            .map(|(name, asked, count)| {
                let since = asked.map_or("not asked".to_owned(), |at| format!("asked {}", words::age(at, now)));
                if count == 1 { format!("{name} ({since})") } else { format!("{name} ({count}, {since})") }
            })
            .collect();
        vec![format!("Waiting on: {}", told.join("; "))]
    }

    fn next(&self) -> Vec<String> {
        let heard = self.readiness.actions.iter().filter(|action| self.may_hear(action));
        heard.take(NEXT).enumerate().map(|(at, action)| format!("{}. {} ({})", at + 1, action.text, self.who(action))).collect()
    }

    fn ends(&self) -> Vec<String> {
        let r = self.readiness;
        let zone = &self.room.tenant.timezone;
        let Some(call) = self.room.go_no_go().filter(|call| *call > r.as_of) else { return Vec::new() };
        let before = r.endings.iter().filter(|ending| ending.at <= call);
        let first = before.clone().filter_map(|ending| ending.start_by).min();
        let start = first.map(|at| format!(", start by {}", words::moment_near(at, r.as_of, zone))).unwrap_or_default();
        let count = before.count();
        let ending = if count == 0 {
            "nothing ends".to_owned()
        } else {
            format!("{}{start}", words::count(count, "thing ends by itself", "things end by themselves"))
        };
        vec![format!("Before go/no-go {}: {ending}", words::moment_dated(call, r.as_of, zone))]
    }
}

/// At most twelve lines.
#[must_use]
pub fn lines(brief: &Brief<'_>) -> Vec<String> {
    let parts = [brief.verdict(), brief.moved(), brief.waiting(), brief.next(), brief.ends()];
    parts.into_iter().flatten().map(|line| clip(&line, COLUMNS, "...").into_owned()).collect()
}

/// The same for programs.
#[must_use]
pub fn json(brief: &Brief<'_>) -> Value {
    let since = brief.since;
    let requirements = since.requirements.iter().filter(|moved| brief.may_hear_of(moved)).map(|moved| {
        let open = brief.audience == Audience::Operator;
        json!({
            "id": moved.id.as_str(),
            "was": moved.was.as_str(),
            "now": moved.now.as_str(),
            "reason": open.then_some(&moved.reason),
            "because": if open { moved.because.clone() } else { Vec::new() },
            "why": open.then(|| brief.because(&moved.because)),
        })
    });
    let gates = since.gates.iter().map(|gate| {
        json!({
            "id": gate.id.as_str(),
            "was": { "status": gate.was.0.as_str(), "met": gate.was.1 },
            "now": { "status": gate.now.0.as_str(), "met": gate.now.1 },
            "total": gate.total,
        })
    });
    let steps =
        since.steps.iter().map(|step| json!({ "id": step.id.as_str(), "was": step.was.as_str(), "now": step.now.as_str() }));
    json!({
        "schema": 1,
        "as_of": words::stamp(brief.readiness.as_of),
        "since": words::stamp(since.from),
        "audience": brief.audience.as_str(),
        "verdict": brief.readiness.verdict().as_str(),
        "lines": lines(brief),
        "gates": gates.collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
        "requirements": requirements.collect::<Vec<_>>(),
        "entries": since.entries.len(),
    })
}

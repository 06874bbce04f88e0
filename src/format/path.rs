//! The path to a stage as text and JSON: the fewest acts, in order, by whom, and what else would do. Pure.

use crate::domain::gate::{Action, ActionKind, Gap, GateState, GateStatus, Readiness, RequirementStatus};
use crate::domain::ids::{GateId, ProofId};
use crate::domain::plan::{Need, Plan};
use crate::domain::room::Room;
use crate::format::ask::{System, systems};
use crate::format::review::{who, whom};
use crate::present::line::{Line, Tone, clip, columns, wrap};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::{Value, json};

const COLUMNS: usize = 80;
/// How many systems fit without crowding out the rest.
const SYSTEMS: usize = 6;

/// Everything it is told from.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    pub plan: &'a Plan,
    pub room: &'a Room,
    pub readiness: &'a Readiness,
    pub to: &'a GateId,
    /// In the order to do them.
    pub actions: &'a [Action],
    /// What has to come from source systems on the way.
    pub gaps: &'a [Gap],
    /// How many rows were left out because they are somebody else's.
    pub others: usize,
    /// Proofs on the way whose command nobody agreed to yet on this machine.
    pub unread: &'a [ProofId],
}

impl<'a> Path<'a> {
    fn gate(&self) -> Option<&'a GateState> {
        self.readiness.gate(self.to.as_str())
    }

    /// What has to be said about this stage before anybody starts.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let stage = words::stage(self.plan, self.to.as_str());
        let mut notes = Vec::new();
        if self.gate().is_some_and(|gate| gate.outside) {
            let target = words::stage(self.plan, self.readiness.stage.target.as_str());
            notes.push(format!("{stage} is outside this motion, whose target is {target}."));
        }
        if let ([Action { kind: ActionKind::Decide(now), command, .. }], Some(last)) =
            (self.readiness.actions.as_slice(), self.actions.last())
            && matches!(&last.kind, ActionKind::Decide(then) if then != now)
        {
            let now = words::stage(self.plan, now.as_str());
            notes.push(format!("{now} can be decided now, or with {stage} in row {}: {command}", self.actions.len()));
        }
        if self.is_blocked() {
            let met = "until every requirement but the decision is met: nothing typed, excluded or decided opens it";
            notes.push(format!("{stage} is blocked by policy {met}."));
            let left_out = self.left_out();
            if !left_out.is_empty() {
                notes.push(format!("Left out on purpose, which does not count there: {}.", left_out.join(", ")));
            }
        }
        if !self.unread.is_empty() {
            let ids: Vec<&str> = self.unread.iter().map(ProofId::as_str).collect();
            notes.push(format!(
                "Commands that are not the program's own and never ran here in this form: {}. Read them (launchroom proofs), \
                 then run each with --trust the first time.",
                ids.join(", ")
            ));
        }
        let secret = self.secrets();
        if !secret.is_empty() {
            notes.push(format!("Before the runs: launchroom preflight --env-file FILE, with {}.", secret.join(", ")));
        }
        notes
    }

    fn is_blocked(&self) -> bool {
        self.gate().is_some_and(|gate| gate.status == GateStatus::Blocked)
    }

    /// What is excluded of the gate and of those it builds on.
    fn left_out(&self) -> Vec<&'a str> {
        let mut gates: Vec<&str> = vec![self.to.as_str()];
        let mut at = 0;
        while let Some(gate) = gates.get(at).and_then(|id| self.plan.gate(id)) {
            at += 1;
            for requirement in &gate.requires {
                if let Need::Gate(below) = &requirement.need
                    && !gates.contains(&below.as_str())
                {
                    gates.push(below.as_str());
                }
            }
        }
        let states = gates.into_iter().filter_map(|id| self.readiness.gate(id)).flat_map(|gate| &gate.requirements);
        let excluded = states.filter(|state| state.status == RequirementStatus::Excluded && state.kind != "gate");
        excluded.map(|state| state.id.as_str()).collect()
    }

    /// Names of secrets that the runs on the way read.
    fn secrets(&self) -> Vec<&'a str> {
        let proofs = self.actions.iter().flat_map(proofs).filter_map(|id| self.plan.proof(id.as_str()));
        let mut names: Vec<&str> = Vec::new();
        for need in proofs.flat_map(|proof| &proof.env).filter(|need| need.secret) {
            if !names.contains(&need.name.as_str()) {
                names.push(&need.name);
            }
        }
        names
    }

    /// What only an exclusion the plan allows would do instead; never where what is excluded does not count.
    fn alternative(&self, action: &'a Action) -> Option<&'a str> {
        action.alternative.as_deref().filter(|_| !self.is_blocked())
    }

    /// How many single acts the rows come to: a row may hold several runs.
    #[must_use]
    pub fn acts(&self) -> usize {
        self.actions.iter().map(|action| proofs(action).len().max(1)).sum()
    }

    /// Who acts, in the order of the rows, and in which of them.
    fn by_person(&self) -> Vec<(&'a Action, Vec<usize>)> {
        let mut out: Vec<(&Action, Vec<usize>)> = Vec::new();
        for (at, action) in self.actions.iter().enumerate() {
            // Blank roles of a side are one: it has to name somebody for each.
            let who =
                |action: &Action| (whom(self.plan, self.room, &action.owner).to_owned(), self.plan.party_side(&action.owner));
            match out.iter_mut().find(|(first, _)| who(first) == who(action)) {
                Some((_, rows)) => rows.push(at + 1),
                None => out.push((action, vec![at + 1])),
            }
        }
        out
    }
}

/// The proofs that an action runs.
#[must_use]
pub fn proofs(action: &Action) -> &[ProofId] {
    match &action.kind {
        ActionKind::RunProofs(ids) => ids,
        ActionKind::NameOwner(_)
        | ActionKind::FillScope(_)
        | ActionKind::AcceptDependency(_)
        | ActionKind::ProveActivation(_)
        | ActionKind::TickTask(..)
        | ActionKind::Attach(_)
        | ActionKind::Restore(_)
        | ActionKind::Decide(_) => &[],
    }
}

/// A table of at most eighty columns, and who acts in which rows.
#[must_use]
pub fn text(path: &Path<'_>, symbols: &Symbols) -> Vec<Line> {
    let stage = words::stage(path.plan, path.to.as_str());
    let mut lines = Vec::new();
    let is_clear = path.gate().is_some_and(|gate| gate.status.is_clear());
    lines.push(match (path.actions, is_clear) {
        ([], true) => Line::of(Tone::Good, format!("Nothing to do: {stage} is clear")),
        ([], false) => Line::of(Tone::Strong, format!("Nothing of yours on the way to {stage}")),
        (rows, _) => {
            let acts = words::count(path.acts(), "act", "acts");
            Line::of(Tone::Strong, format!("{acts} to {stage}, in {}", words::count(rows.len(), "row", "rows")))
        }
    });
    for note in path.notes() {
        lines.extend(wrap(&note, COLUMNS).into_iter().map(|row| Line::of(Tone::Warn, row)));
    }
    if !path.actions.is_empty() {
        lines.push(Line::default());
        let rows: Vec<_> = path.actions.iter().enumerate().map(|(at, action)| row(path, at, action, symbols)).collect();
        lines.extend(columns(&rows).into_iter().zip(path.actions).flat_map(|(line, action)| below(path, line, action)));
        lines.push(Line::default());
        lines.extend(people(path));
    }
    lines.extend(by_system(path, symbols));
    if path.others > 0 {
        lines.push(Line::of(
            Tone::Quiet,
            format!("{} of others; without --mine they are listed too", words::count(path.others, "row", "rows")),
        ));
    }
    lines
}

/// Number, mark, what, who, and what it waits for.
fn row(path: &Path<'_>, at: usize, action: &Action, symbols: &Symbols) -> Vec<(Tone, String)> {
    let asked = |at| format!("asked {}", words::relative(at, path.readiness.as_of));
    let is_decision = matches!(action.kind, ActionKind::Decide(_));
    let waits = match (action.after, action.asked) {
        (Some(_), _) if is_decision => "after all rows".to_owned(),
        (Some(row), _) => format!("after row {row}"),
        (None, Some(at)) => asked(at),
        (None, None) => String::new(),
    };
    let mark = if action.dangerous { symbols.warning } else { symbols.action(action.status) };
    vec![
        (Tone::Plain, format!("{:>2} {mark}", at + 1)),
        (Tone::Plain, clip(&action.text, 42, symbols.ellipsis).into_owned()),
        (Tone::Plain, clip(whom(path.plan, path.room, &action.owner), 16, symbols.ellipsis).into_owned()),
        (Tone::Quiet, waits),
    ]
}

/// The row and, quietly, its command and what else would do.
fn below(path: &Path<'_>, line: Line, action: &Action) -> Vec<Line> {
    let mut out = vec![line, Line::of(Tone::Quiet, format!("     {}", action.command))];
    // What a signature needs is asked for by the command itself.
    let bare = path.alternative(action).and_then(|instead| instead.split(" --").next());
    out.extend(bare.map(|instead| Line::of(Tone::Quiet, format!("     or sign it away: {instead} …"))));
    out
}

fn people(path: &Path<'_>) -> Vec<Line> {
    let told = path.by_person().into_iter().map(|(action, rows)| {
        let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
        let side = path.plan.party_side(&action.owner).as_str();
        let who = whom(path.plan, path.room, &action.owner);
        let whose = if who == side { side.to_owned() } else { format!("{who} ({side})") };
        format!("{whose}: {}", rows.join(", "))
    });
    let told: Vec<String> = told.collect();
    wrap(&format!("By person: {}", told.join("; ")), COLUMNS).into_iter().map(Line::plain).collect()
}

/// One ask a system, those first that unblock most.
fn by_system(path: &Path<'_>, symbols: &Symbols) -> Vec<Line> {
    let all = systems(path.plan, path.gaps);
    if all.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::default(), Line::of(Tone::Strong, "One ask a system, by what it unblocks")];
    let rows: Vec<_> = all.iter().take(SYSTEMS).map(|system| system_row(path, system, symbols)).collect();
    lines.extend(columns(&rows));
    let more = all.len().saturating_sub(SYSTEMS);
    let more = if more > 0 {
        format!("  {more} more; the text to send: launchroom ask")
    } else {
        "  the text to send: launchroom ask".into()
    };
    lines.push(Line::of(Tone::Quiet, more));
    lines
}

fn system_row(path: &Path<'_>, system: &System<'_>, symbols: &Symbols) -> Vec<(Tone, String)> {
    let asked =
        system.asked().map_or("not asked".to_owned(), |at| format!("asked {}", words::relative(at, path.readiness.as_of)));
    let unlocks: Vec<&str> = system.unlocks.iter().map(|id| id.as_str()).collect();
    vec![
        (Tone::Plain, format!("  {}", clip(system.name, 26, symbols.ellipsis))),
        (Tone::Plain, words::count(system.gaps.len(), "group", "groups")),
        (Tone::Plain, clip(&unlocks.join(", "), 30, symbols.ellipsis).into_owned()),
        (Tone::Quiet, asked),
    ]
}

fn system_json(path: &Path<'_>, system: &System<'_>) -> Value {
    let owners = system.request(path.plan, path.room).map(|request| request.owners).unwrap_or_default();
    json!({
        "system": system.name,
        "groups": system.gaps.iter().map(|gap| gap.group.as_str()).collect::<Vec<_>>(),
        "unlocks": system.unlocks.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "owners": owners,
        "asked": system.asked().map(words::stamp),
    })
}

/// The same for programs.
#[must_use]
pub fn json(path: &Path<'_>) -> Value {
    let people = path.by_person().into_iter().map(|(action, rows)| {
        json!({
            "who": who(path.plan, path.room, &action.owner),
            "owner": action.owner.as_str(),
            "side": path.plan.party_side(&action.owner).as_str(),
            "rows": rows,
        })
    });
    json!({
        "schema": 1,
        "as_of": words::stamp(path.readiness.as_of),
        "to": path.to.as_str(),
        "status": path.gate().map(|gate| gate.status.as_str()),
        "outside": path.gate().is_some_and(|gate| gate.outside),
        "notes": path.notes(),
        "acts": path.acts(),
        "actions": path.actions.iter().enumerate().map(|(at, action)| action_json(path, at, action)).collect::<Vec<_>>(),
        "people": people.collect::<Vec<_>>(),
        "systems": systems(path.plan, path.gaps).iter().map(|system| system_json(path, system)).collect::<Vec<_>>(),
    })
}

fn action_json(path: &Path<'_>, at: usize, action: &Action) -> Value {
    json!({
        "row": at + 1,
        "text": action.text,
        "owner": action.owner.as_str(),
        "who": who(path.plan, path.room, &action.owner),
        "side": action.side.as_str(),
        "status": action.status.as_str(),
        "command": action.command,
        "proofs": proofs(action).iter().map(ProofId::as_str).collect::<Vec<_>>(),
        "unlocks": action.unlocks.iter().map(crate::domain::ids::RequirementId::as_str).collect::<Vec<_>>(),
        "after": action.after,
        "asked": action.asked.map(words::stamp),
        "dangerous": action.dangerous,
        "alternative": path.alternative(action),
    })
}

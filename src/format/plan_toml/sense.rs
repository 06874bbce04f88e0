//! Whether a plan can work: nothing waits for itself, and everything that is asked for can be given.

use super::names::{Kind, Names};
use crate::domain::plan::{Input, Need, Plan};
use crate::format::diagnose::{Problem, quoted};
use crate::format::table::Problems;

/// Reports what no room could ever fulfil. Ids that do not exist are reported already.
pub fn check(plan: &Plan, names: &Names, problems: &Problems) {
    parts(plan, problems);
    gates(plan, names, problems);
    proofs(plan, names, problems);
    groups(plan, names, problems);
    for circle in circles(&waits(plan)) {
        problems.add(in_a_circle(&circle, names, &[Kind::Gate, Kind::Step]));
    }
    for circle in circles(&rests(plan)) {
        problems.add(in_a_circle(&circle, names, &[Kind::Proof]));
    }
}

fn parts(plan: &Plan, problems: &Problems) {
    let parts = [
        ("motions", plan.motions.is_empty(), "a room has to say how its customer is sold to"),
        ("gates", plan.gates.is_empty(), "without one there is no verdict"),
        ("targets", plan.targets.is_empty(), "without one no evidence can be attached"),
    ];
    for (list, _, why) in parts.into_iter().filter(|(_, empty, _)| *empty) {
        problems.add(Problem::new(0..0, format!("the plan has no {list}: {why}")).help(format!("add [[{list}]]")));
    }
}

fn gates(plan: &Plan, names: &Names, problems: &Problems) {
    for gate in &plan.gates {
        let span = names.span(Kind::Gate, gate.id.as_str());
        if gate.requires.is_empty() {
            let problem = Problem::new(span.clone(), format!("gate {} requires nothing", quoted(gate.id.as_str())));
            problems.add(problem.help("add [[gates.requires]]: a gate that asks for nothing is always clear"));
        }
        // `hold` is a decision, not a stage one can reach.
        if gate.id == *"hold" {
            problems.add(Problem::new(span.clone(), "a gate cannot be called `hold`: that is a decision"));
        }
    }
    for requirement in plan.requirements() {
        let span = names.span(Kind::Requirement, requirement.id.as_str());
        if let Some(why) = out_of_reach(plan, &requirement.need) {
            problems.add(Problem::new(span, format!("{} can be met by nobody: {why}", quoted(requirement.id.as_str()))));
        }
    }
}

/// Why nobody could ever meet this, when that is so.
fn out_of_reach(plan: &Plan, need: &Need) -> Option<String> {
    match need {
        Need::Step(id) => {
            let step = plan.step(id.as_str())?;
            step.targets.is_empty().then(|| format!("step `{id}` has no `targets` to attach evidence to"))
        }
        Need::Proof(id) => {
            let proof = plan.proof(id.as_str())?;
            proof.targets.is_empty().then(|| format!("proof `{id}` has no `targets` to attach its runs to"))
        }
        Need::Any(needs) => {
            let reasons: Vec<String> = needs.iter().map_while(|need| out_of_reach(plan, need)).collect();
            (!needs.is_empty() && reasons.len() == needs.len()).then(|| reasons.join(", and "))
        }
        Need::Roles
        | Need::Scope(_)
        | Need::Evidence { .. }
        | Need::Dependencies(_)
        | Need::Activation(_)
        | Need::Decision
        | Need::Gate(_) => None,
    }
}

fn proofs(plan: &Plan, names: &Names, problems: &Problems) {
    for proof in &plan.proofs {
        // A command that says more than one line would hide the rest of it from whoever is asked to run it.
        if proof.command.chars().any(char::is_control) {
            let span = names.span(Kind::Proof, proof.id.as_str());
            problems.add(Problem::new(span, format!("the command of {} is not one line", quoted(proof.id.as_str()))));
        }
    }
}

fn groups(plan: &Plan, names: &Names, problems: &Problems) {
    for group in &plan.activation {
        for first in &group.after {
            let task = first.split_once('/').and_then(|(step, task)| plan.step(step)?.task(task));
            if task.is_none() {
                let message = format!("{} comes after {}, which is no task", quoted(group.id.as_str()), quoted(first));
                let span = names.span(Kind::Group, group.id.as_str());
                problems.add(Problem::new(span, message).help("write it as step/task"));
            }
        }
    }
}

/// A thing and what must come before it.
type Edges<'p> = Vec<(&'p str, Vec<&'p str>)>;

/// Gates and steps, and the gates and steps each waits for.
fn waits(plan: &Plan) -> Edges<'_> {
    let gates = plan.gates.iter().map(|gate| (gate.id.as_str(), &gate.requires));
    let steps = plan.steps.iter().map(|step| (step.id.as_str(), &step.requires));
    gates.chain(steps).map(|(id, requires)| (id, requires.iter().flat_map(|one| needed(&one.need)).collect())).collect()
}

fn needed(need: &Need) -> Vec<&str> {
    match need {
        Need::Gate(id) => vec![id.as_str()],
        Need::Step(id) => vec![id.as_str()],
        // A circle through one of several alternatives may have a way out. It is refused all the same: nobody who reads
        // the plan could tell.
        Need::Any(needs) => needs.iter().flat_map(needed).collect(),
        Need::Roles
        | Need::Scope(_)
        | Need::Proof(_)
        | Need::Evidence { .. }
        | Need::Dependencies(_)
        | Need::Activation(_)
        | Need::Decision => Vec::new(),
    }
}

/// Proofs, and the proofs whose results each rests on.
fn rests(plan: &Plan) -> Edges<'_> {
    plan.proofs.iter().map(|proof| (proof.id.as_str(), proof.depends_on.iter().filter_map(proof_id).collect())).collect()
}

fn proof_id(input: &Input) -> Option<&str> {
    match input {
        Input::Proof(id) => Some(id.as_str()),
        Input::Scope(_) | Input::Dependency(_) | Input::Activation(_) => None,
    }
}

/// Every circle, each once, as the ids along it.
fn circles<'p>(edges: &Edges<'p>) -> Vec<Vec<&'p str>> {
    let mut found = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for (start, _) in edges {
        follow(start, edges, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

fn follow<'p>(at: &'p str, edges: &Edges<'p>, path: &mut Vec<&'p str>, done: &mut Vec<&'p str>, found: &mut Vec<Vec<&'p str>>) {
    if let Some(from) = path.iter().position(|id| *id == at) {
        found.push(path[from..].to_vec());
        return;
    }
    if done.contains(&at) {
        return;
    }
    path.push(at);
    for next in edges.iter().filter(|(id, _)| *id == at).flat_map(|(_, next)| next) {
        follow(next, edges, path, done, found);
    }
    path.pop();
    done.push(at);
}

fn in_a_circle(circle: &[&str], names: &Names, kinds: &[Kind]) -> Problem {
    let first = circle.first().copied().unwrap_or_default();
    let span = kinds.iter().map(|kind| names.span(*kind, first)).find(|span| !span.is_empty()).unwrap_or(0..0);
    let way = circle.iter().chain(circle.first()).copied().collect::<Vec<_>>().join(" → ");
    Problem::new(span, format!("{} waits for itself: {way}", quoted(first))).help("one of them has to come first")
}

//! The room file that `init` writes: everything the plan asks for, blank, with what belongs there said beside it.
//!
//! Somebody fills it in by hand, top to bottom. What must be there stands as a key with nothing in it; what is only known
//! later stands as an example behind `#`. As it is, it is a valid room in which everything is blank.

use super::splice::quote;
use crate::domain::plan::{FieldKind, Plan, Role, ScopeField, Step};
use crate::domain::room::{ActivationStatus, Treatment};
use crate::present::safe;
use jiff::civil;
use std::fmt::Write as _;

/// Comments end here, so that the file reads well in a terminal of 100 columns.
const WIDTH: usize = 98;

/// The text of a new room.
#[must_use]
pub fn template(plan: &Plan, tenant_id: &str, tenant_name: &str, kickoff: civil::Date) -> String {
    let mut out = Page(String::new());
    out.tenant(plan, tenant_id, tenant_name, kickoff);
    out.scope(plan);
    out.owners(plan);
    out.functions(plan);
    out.steps(plan);
    out.dependencies(plan);
    out.activation(plan);
    out.commands(plan);
    out.redact();
    out.0
}

struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    /// A comment, wrapped. Its text comes from a plan or a command line, so nothing in it may end the line.
    fn say(&mut self, text: &str) {
        let mut line = String::from("#");
        for word in safe::line(text).split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH && line.len() > 1 {
                self.line(&std::mem::replace(&mut line, "#".into()));
            }
            let _ = write!(line, " {word}");
        }
        self.line(&line);
    }

    /// A section's rule and what it is for.
    fn section(&mut self, title: &str, about: &str) {
        self.blank();
        let rule = "─".repeat(WIDTH.saturating_sub(title.chars().count() + 6));
        self.line(&format!("# ── {title} {rule}"));
        self.say(about);
        self.blank();
    }

    /// `key = value   # comment`, or the comment above when it is long.
    fn key(&mut self, key: &str, value: &str, comment: &str) {
        let line = format!("{:<34} # {}", format!("{key} = {value}"), safe::line(comment).as_str());
        if line.chars().count() > WIDTH {
            self.say(comment);
            self.line(&format!("{key} = {value}"));
        } else {
            self.line(&line);
        }
    }

    /// Words that belong to one thing: its own line each, continued further in.
    fn item(&mut self, name: &str, text: &str) {
        let mut line = format!("#   {name:<12}");
        for word in safe::line(text).split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(&std::mem::replace(&mut line, format!("#   {:<12}", "")));
            }
            let _ = write!(line, " {word}");
        }
        self.line(&line);
    }

    fn tenant(&mut self, plan: &Plan, id: &str, name: &str, kickoff: civil::Date) {
        self.say(&format!("The launch room of {name}, after the plan: {}.", plan.title));
        self.line("#");
        self.say("Fill in what is known. What is blank is flagged with whom to ask; nothing is guessed. `launchroom validate` checks this file and `launchroom` opens it; what you change in either place shows in the other. What happened (evidence, exclusions, decisions) stands in the ledger beside this file.");
        self.blank();
        self.line("schema = 1");
        self.line(&format!("plan = {}", quote(plan.id.as_str())));
        self.blank();
        self.line("[tenant]");
        self.line(&format!("id = {}", quote(id)));
        self.line(&format!("name = {}", quote(name)));
        self.key("kickoff", &kickoff.to_string(), "first day of week 0");
        self.key("timezone", "\"UTC\"", "dates and midnights are meant in it: \"Europe/Amsterdam\"");
        let others = plan.motions.iter().filter(|motion| motion.id != plan.stance.motion).map(|motion| motion.id.as_str());
        let others = others.collect::<Vec<_>>().join(" | ");
        self.key("motion", &quote(plan.stance.motion.as_str()), &format!("recommended; or {others}"));
        let weeks = plan.steps.iter().map(|step| step.week).max().unwrap_or(0);
        let call = kickoff.saturating_add(jiff::Span::new().days(i64::from(weeks) * 7 + 2));
        self.key("# go_no_go", &format!("{call}T15:00"), "when the go/no-go call takes place");
        self.key("# hosts", "[\"www.example.test\"]", "runs against any other host never count for this tenant");
    }

    fn scope(&mut self, plan: &Plan) {
        self.section("Scope", "Narrower than the roadmap: what is not written here is not in the pilot.");
        self.line("[scope]");
        for field in &plan.scope {
            self.field(plan, field);
        }
    }

    fn field(&mut self, plan: &Plan, field: &ScopeField) {
        let due = plan.gate(field.due.as_str()).map_or(field.due.as_str(), |gate| &gate.title);
        let need = if field.required { format!("needed for {due}") } else { "may stay blank".into() };
        self.say(&format!("{}, {need}; ask: {}", field.title, plan.party_title(&field.owner)));
        let (value, choices) = match &field.kind {
            FieldKind::Text => ("\"\"", String::new()),
            FieldKind::List => ("[]", String::new()),
            FieldKind::Choice(choices) => ("\"\"", format!("{}: ", choices.join(" | "))),
        };
        self.key(field.id.as_str(), value, &format!("{choices}{}", field.hint));
    }

    fn owners(&mut self, plan: &Plan) {
        self.section(
            "Owners",
            "A role without a name has no voice. What you write under `basis` is your word for it, not evidence.",
        );
        for (index, role) in plan.roles.iter().enumerate() {
            if index > 0 {
                self.blank();
            }
            self.role(plan, role);
        }
    }

    fn role(&mut self, plan: &Plan, role: &Role) {
        let due = plan.gate(role.due.as_str()).map_or(role.due.as_str(), |gate| &gate.title);
        self.say(&format!("{} ({}), needed for {due}", role.title, role.side.as_str()));
        self.item("decides", &role.decides);
        self.item("shown by", &role.evidence);
        self.line(&format!("[owners.{}]", role.id));
        self.line("name = \"\"");
        self.line("contact = \"\"");
        self.key("basis", "\"\"", "why you believe it");
    }

    fn functions(&mut self, plan: &Plan) {
        self.section("Functions", "The people behind a word such as \"Finance\" in this plan.");
        for (index, function) in plan.functions.iter().enumerate() {
            if index > 0 {
                self.blank();
            }
            self.line(&format!("[functions.{}]", function.id));
            self.line("name = \"\"");
            self.key("contact", "\"\"", &format!("{} ({})", function.title, function.side.as_str()));
        }
    }

    fn steps(&mut self, plan: &Plan) {
        self.section("Steps", "The ids of finished tasks. A step closes when all are done and its evidence is attached.");
        for (index, step) in plan.steps.iter().enumerate() {
            if index > 0 {
                self.blank();
            }
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        self.say(&format!("Week {}: {}", step.week, step.title));
        for task in &step.tasks {
            self.item(task.id.as_str(), &task.text);
        }
        self.line(&format!("[steps.{}]", step.id));
        self.line("done = []");
    }

    fn dependencies(&mut self, plan: &Plan) {
        if plan.dependencies.is_empty() {
            return;
        }
        let words = Treatment::ALL.map(Treatment::as_str).join(" | ");
        let about = "How the pilot does without each of these, and where the customer accepted that: in the order form and in the launch room, or its claim stays locked. Take the `#` away when it is agreed.";
        self.section("Dependencies", about);
        self.say(&format!("treatment: {words}"));
        for dependency in &plan.dependencies {
            self.blank();
            self.say(&format!("{}. {}", dependency.title, dependency.acceptance));
            self.line(&format!("# [dependencies.{}]", dependency.id));
            self.line("# treatment = \"\"");
            self.line("# order_form = \"\"");
            self.line("# launch_room = \"\"");
        }
    }

    fn activation(&mut self, plan: &Plan) {
        if plan.activation.is_empty() {
            return;
        }
        let words = ActivationStatus::ALL.map(ActivationStatus::as_str).join(" | ");
        self.section(
            "Activation",
            "Values to collect; only names are ever written down, never a value. What has no line here is not recorded.",
        );
        self.say(&format!("status: {words}"));
        for group in &plan.activation {
            self.blank();
            self.say(&format!("{} ({}): {}", group.title, plan.party_title(&group.owner), group.unlocks));
            self.line(&format!("# [activation.{}]", group.id));
            self.line(&format!("# status = {}", quote(ActivationStatus::Missing.as_str())));
        }
    }

    fn commands(&mut self, plan: &Plan) {
        let Some(proof) = plan.proofs.first() else { return };
        self.section("Commands", "Another command for a proof on this machine. It is asked about before it runs the first time.");
        self.line("# [commands]");
        self.line(&format!("# {} = {}", proof.id, quote(&proof.command)));
    }

    fn redact(&mut self) {
        self.section(
            "Redact",
            "What this tenant's own secrets look like. It is masked in what proofs print, besides what is masked in every room. The sample is made up; the rule is tried on it.",
        );
        self.line("# [[redact]]");
        self.line("# id = \"badge-key\"");
        self.key("# keyword", "\"bdg_key_\"", "it and the rest of its word; or pattern = '…', a regular expression");
        self.line("# sample = \"bdg_key_0000made0up\"");
    }
}

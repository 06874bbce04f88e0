use super::*;
use crate::domain::room::{ActivationStatus, Treatment, Value};
use crate::format::plan_toml;

fn plan() -> Plan {
    plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap()
}

fn room(text: &str) -> Room {
    parse(text, "room.toml", &plan()).unwrap_or_else(|wrong| panic!("{}", wrong.render()))
}

fn wrong(text: &str) -> String {
    parse(text, "room.toml", &plan()).expect_err("the room has a problem").render()
}

/// A room with these lines after its tenant.
fn with(lines: &str) -> String {
    format!("schema = 1\nplan = \"first-customer\"\n[tenant]\nid = \"acme\"\nname = \"Acme\"\nkickoff = 2026-11-02\n{lines}\n")
}

const EXAMPLE: &str = r#"
schema = 1
plan = "first-customer"              # an embedded plan, or a path relative to this file

[tenant]
id = "northwind"                     # [a-z0-9-]{1,64}
name = "Northwind Logistics"
kickoff = 2026-11-02                 # first day of week 0
timezone = "Europe/Amsterdam"
motion = "invoice-paid-beta"
go_no_go = 2026-11-25T15:00

[scope]
commercial = "OF-2026-014: 2 modules, 42 workers"
billing_route = "invoice"
cohort = "42 warehouse supervisors, Rotterdam"
modules = ["credentials", "evidence"]
verifier_audiences = ["client auditors"]
employee_notice = ""
retention = "24 months after offboarding"
support_path = "shared mailbox, office hours"

[owners.tenant-owner]
name = "Mara Lindt"
contact = "mara@example.test"
evidence = "settings owner since 2026-11-04"

[functions.finance]
name = "Priya Nair"

[steps.scope]
done = ["close-pack", "wording"]

[activation.operator-seed]
status = "collected"

[dependencies.stripe]
treatment = "invoice"
order_form = "OF-2026-014 §4"
launch_room = "accepted 2026-11-06"

[commands]
launch-proof-bundle = "launchroom check launch-proof-bundle --base-url $THESMIOS_SMOKE_URL"
"#;

#[test]
fn the_example_room_reads_as_written() {
    let room = room(EXAMPLE);
    assert_eq!(plan_name(EXAMPLE, "room.toml").unwrap(), "first-customer");
    assert_eq!(room.tenant.id, *"northwind");
    assert_eq!(room.tenant.kickoff, jiff::civil::date(2026, 11, 2));
    assert_eq!(room.go_no_go().unwrap().to_string(), "2026-11-25T14:00:00Z");
    assert_eq!(room.scope["modules"], Value::List(vec!["credentials".into(), "evidence".into()]));
    assert!(room.is_blank("employee_notice"));
    assert_eq!(room.holder("tenant-owner").unwrap().basis, "settings owner since 2026-11-04");
    assert!(room.is_done("scope", "wording") && !room.is_done("scope", "billing"));
    assert_eq!(room.activation["operator-seed"], ActivationStatus::Collected);
    assert_eq!(room.dependencies["stripe"].treatment, Some(Treatment::Invoice));
    assert!(room.commands.contains_key("launch-proof-bundle"));
}

#[test]
fn dates_may_be_quoted() {
    let quoted = with("").replace("2026-11-02", "\"2026-11-02\"");
    assert_eq!(room(&quoted), room(&with("")));
}

#[test]
fn every_problem_is_told_in_one_go_with_its_place() {
    let shown = wrong(&with(
        "motoin = \"x\"\n[onwers.tenant-owner]\nname = \"a\"\n[owners.tenant-ower]\nname = \"b\"\n[steps.scope]\ndone = [\"closepack\"]",
    ));
    for expected in [
        "room.toml:7:1: unknown key `motoin` in [tenant]",
        "did you mean `motion`?",
        "room.toml:8:2: unknown key `onwers` in the room",
        "did you mean `owners`?",
        "room.toml:10:9: unknown role `tenant-ower`",
        "did you mean `tenant-owner`?",
        "room.toml:13:9: unknown task `closepack` in step `scope`",
        "did you mean `close-pack`?",
    ] {
        assert!(shown.contains(expected), "{expected} not in\n{shown}");
    }
}

#[test]
fn syntax_errors_never_show_a_raw_control_character() {
    let shown = wrong("schema = 1\nname = \"\u{1b}]0;x\u{7}\nplan = ");
    assert!(shown.contains("room.toml:2:"), "{shown}");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{7}'));
}

#[test]
fn a_newer_room_says_so_and_nothing_else() {
    let shown = wrong("schema = 2\nplan = \"first-customer\"\nfuture = true\n");
    assert!(shown.contains("room.toml:1:10: this room is of schema 2; this launchroom reads schema 1"), "{shown}");
    assert!(!shown.contains("future = true\n    | ^"), "{shown}");
}

#[test]
fn another_toml_file_is_told_from_a_room() {
    assert!(wrong("[package]\nname = \"x\"\n").contains("this is no room file"));
}

#[test]
fn control_characters_in_ids_and_names_are_refused() {
    assert!(wrong(&with("").replace("\"Acme\"", "\"Ac\\u001bme\"")).contains("`name` has a control character in it"));
    assert!(wrong(&with("").replace("\"acme\"", "\"ac\\u0007me\"")).contains("is no tenant id"));
    assert!(wrong(&with("[owners.tenant-owner]\nname = \"a\\nb\"")).contains("`name` has a control character"));
}

#[test]
fn nesting_without_end_is_an_error_and_no_crash() {
    let deep = format!("schema = 1\na = {}", "[".repeat(100_000));
    assert!(wrong(&deep).contains("room.toml:2:"));
    let dotted = format!("schema = 1\n{} = 1\n", vec!["a"; 50_000].join("."));
    assert!(!wrong(&dotted).is_empty());
}

#[test]
fn a_wrong_zone_motion_or_date_names_what_would_be_right() {
    let shown = wrong(&with("timezone = \"Europe/Amsterdamn\"\nmotion = \"invoice-beta\"\ngo_no_go = 2026-11-25T15:00Z"));
    assert!(shown.contains("there is no timezone `Europe/Amsterdamn`"), "{shown}");
    assert!(shown.contains("unknown motion `invoice-beta`"), "{shown}");
    assert!(shown.contains("is no local date and time"), "{shown}");
    assert!(wrong(&with("timezone = \"../../etc/passwd\"")).contains("there is no timezone"));
    assert!(wrong(&with("").replace("2026-11-02", "2026-13-02")).contains("room.toml:6:"));
}

#[test]
fn a_basis_said_twice_is_a_problem() {
    let shown = wrong(&with("[owners.tenant-owner]\nbasis = \"a\"\nevidence = \"b\""));
    assert!(shown.contains("say the same thing twice"), "{shown}");
}

#[test]
fn a_new_room_is_valid_and_everything_in_it_is_blank() {
    let text = template(&plan(), "acme", "Acme \"Ltd\"\n# odd", jiff::civil::date(2026, 11, 2));
    assert!(wrong(&text).contains("`name` has a control character"), "a name of two lines is still refused");
    let text = template(&plan(), "acme", "Acme \"Ltd\"", jiff::civil::date(2026, 11, 2));
    let room = room(&text);
    assert_eq!(room.tenant.name, "Acme \"Ltd\"");
    assert!(room.owners.is_empty() && room.functions.is_empty() && room.steps.values().all(Vec::is_empty));
    assert!(room.activation.is_empty() && room.dependencies.is_empty() && room.commands.is_empty());
    assert!(plan().scope.iter().all(|field| room.scope.contains_key(&field.id) && room.is_blank(field.id.as_str())));
}

#[test]
fn a_new_room_is_valid_with_every_example_taken_out_of_its_comment() {
    let text = template(&plan(), "acme", "Acme", jiff::civil::date(2026, 11, 2));
    let example = |line: &str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    let lines = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if example(rest) => rest,
        _ => line,
    });
    let room = room(&lines.collect::<Vec<_>>().join("\n"));
    assert!(room.tenant.go_no_go.is_some() && room.commands.len() == 1);
    assert_eq!(room.activation.len(), plan().activation.len());
}

#[test]
fn filling_in_a_new_room_and_undoing_it_leaves_the_same_bytes() {
    use crate::domain::change::{Edit, EditTo};
    let text = template(&plan(), "acme", "Acme", jiff::civil::date(2026, 11, 2));
    let edit = |path: &str, to: EditTo| Edit { path: path.split('.').map(ToOwned::to_owned).collect(), to };
    let set = |value: &str| EditTo::Set(Value::Text(value.into()));
    for (path, there, back) in [
        ("owners.tenant-owner.name", set("Mara"), EditTo::Remove),
        ("owners.continuity-owner.basis", set("said so"), EditTo::Remove),
        ("functions.customer.contact", set("desk"), EditTo::Remove),
        ("scope.cohort", set("42"), set("")),
        ("steps.scope.done", EditTo::Push("wording".into()), EditTo::Pull("wording".into())),
        ("activation.operator-seed.status", set("requested"), EditTo::Remove),
        ("dependencies.stripe.treatment", set("invoice"), EditTo::Remove),
    ] {
        let filled = splice(&text, &[edit(path, there)]).unwrap();
        assert_ne!(room(&filled), room(&text), "{path}");
        assert_eq!(splice(&filled, &[edit(path, back)]).unwrap(), text, "{path}");
    }
}

use super::*;
use crate::domain::plan::{Class, FieldKind, Input, Need, Party};
use std::collections::BTreeSet;

const LAB: &str = include_str!("../../../tests/plans/lab-instrument.toml");

fn first_customer() -> Plan {
    parse(embedded("first-customer").unwrap(), "first-customer").unwrap_or_else(|wrong| panic!("{}", wrong.render()))
}

/// What is said about the lab plan with one text replaced by another.
fn wrong(from: &str, to: &str) -> String {
    assert!(LAB.contains(from), "the plan has no {from}");
    parse(&LAB.replacen(from, to, 1), "lab.toml").expect_err("the plan cannot work").render()
}

/// Asserts that every one of these is said.
fn says(shown: &str, expected: &[&str]) {
    for expected in expected {
        assert!(shown.contains(expected), "{expected:?} is not in\n{shown}");
    }
}

#[test]
fn embedded_plans_are_plans_that_work() {
    for name in embedded_names() {
        let plan = parse(embedded(name).unwrap(), name).unwrap_or_else(|wrong| panic!("{}", wrong.render()));
        assert_eq!(plan.id, *name);
    }
    assert_eq!(embedded("second-customer"), None);
}

#[test]
fn a_plan_of_another_trade_reads_as_well() {
    let plan = parse(LAB, "lab.toml").unwrap_or_else(|wrong| panic!("{}", wrong.render()));
    assert_eq!(plan.gates.last().unwrap().id, *"routine");
    assert_eq!(plan.field("sample_type").unwrap().kind, FieldKind::Choice(vec!["serum".into(), "plasma".into(), "urine".into()]));
    assert_eq!(plan.field("sample_type").unwrap().owner, Party::Role("medical-director".into()));
    let precision = plan.proof("precision").unwrap();
    assert_eq!(precision.max_age.unwrap().as_hours(), 4 * 7 * 24);
    assert!(precision.depends_on.contains(&Input::Dependency("lab-system".into())), "`dependency:*` is every dependency");
}

#[test]
fn an_unknown_id_is_told_with_its_place_and_what_was_meant() {
    let shown = wrong("proof = \"precision\"\ntext", "proof = \"precison\"\ntext");
    says(&shown, &["lab.toml:", "unknown proof `precison` in a requirement", "did you mean `precision`?", "^^^^^^^^^^"]);
    says(&wrong("motion = \"parallel-run\"", "motion = \"paralel-run\""), &["unknown motion", "did you mean `parallel-run`?"]);
    says(&wrong("target = \"routine\"", "target = \"rutine\""), &["unknown gate `rutine`", "did you mean `routine`?"]);
    says(&wrong("owner = \"laboratory\"", "owner = \"labratory\""), &["unknown role or function", "did you mean `laboratory`?"]);
    says(&wrong("\"scope:assays\"", "\"scope:asays\""), &["unknown scope field `asays`", "did you mean `assays`?"]);
    says(&wrong("\"scope:assays\"", "\"scoop:assays\""), &["names no input", "dependency:*"]);
}

#[test]
fn every_problem_is_told_at_once() {
    let text = LAB.replace("side = \"vendor\"", "side = \"vender\"").replace("due = \"installed\"", "due = \"instaled\"");
    let text = text.replacen("week = 4", "weak = 4", 1);
    let shown = parse(&text, "lab.toml").unwrap_err().render();
    says(&shown, &["unknown side `vender`", "unknown gate `instaled`", "unknown key `weak` in step", "step has no `week`"]);
}

#[test]
fn an_id_given_twice_is_refused() {
    says(&wrong("id = \"quality-manual\"", "id = \"device-file\""), &["a second target is called `device-file`"]);
    says(&wrong("id = \"high\"", "id = \"low\""), &["a second task of this step is called `low`"]);
    says(&wrong("id = \"precision\"\nkind", "id = \"before\"\nkind"), &["a second requirement is called `verified/before`"]);
}

#[test]
fn one_name_for_two_things_in_one_place_is_refused() {
    says(&wrong("id = \"application-specialist\"", "id = \"laboratory\""), &["`laboratory` is already the name of a function"]);
    says(&wrong("id = \"comparison\"\ntitle", "id = \"verified\"\ntitle"), &["`verified` is already the name of a step"]);
    says(&wrong("id = \"comparison\"\ntitle", "id = \"medical-director\"\ntitle"), &["is already the name of a role"]);
}

#[test]
fn what_waits_for_itself_is_refused() {
    let shown = wrong("gate = \"installed\"\ntext", "gate = \"routine\"\ntext");
    says(&shown, &["waits for itself", "verified → routine → verified"]);
    let shown = wrong("depends_on = [", "depends_on = [\"proof:precision\", ");
    says(&shown, &["`precision` waits for itself: precision → precision"]);
    let shown = wrong("kind = \"scope\"\nfields = [\"assays\"]", "kind = \"gate\"\ngate = \"verified\"");
    says(&shown, &["waits for itself", "comparison"]);
}

#[test]
fn what_nobody_can_fulfil_is_refused() {
    says(&wrong("document = \"installation-protocol\", targets = [\"device-file\"]", "document = \"x\""), &["`targets`"]);
    says(&wrong("targets = [\"device-file\"]\nstep", "step"), &["`verified/precision` can be met by nobody", "no `targets`"]);
    says(&wrong("groups = [\"licence\"]", "groups = []"), &["a requirement without `groups` can be met by nobody"]);
    let any = LAB.find("any = [").unwrap()..LAB.find("text = \"The protocol is").unwrap();
    says(&wrong(&LAB[any], "any = []\n"), &["any of nothing is never met"]);
    says(&wrong("choices = [\"serum\", \"plasma\", \"urine\"]", ""), &["a choice without choices"]);
}

#[test]
fn a_plan_without_motions_or_gates_is_refused() {
    let text = "schema = 1\nid = \"x\"\ntitle = \"x\"\nvendor = \"x\"\n[stance]\ntext = \"x\"\nmotion = \"m\"\nbilling_default = \"x\"\n";
    let shown = parse(text, "x.toml").unwrap_err().render();
    says(&shown, &["the plan has no motions", "the plan has no gates", "unknown motion `m`", "there is none"]);
    says(&parse("schema = 1\n", "x.toml").unwrap_err().render(), &["has no `id`", "the plan has no [stance]"]);
}

#[test]
fn roles_scope_and_decision_are_never_excludable() {
    let shown = wrong("remedy = \"Record it.\"", "remedy = \"Record it.\"\nexcludable = true");
    says(&shown, &["a decision requirement can never be excluded"]);
    let shown = wrong("remedy = \"Name them.\"", "remedy = \"Name them.\"\nexcludable = true");
    says(&shown, &["a roles requirement can never be excluded"]);
}

#[test]
fn a_newer_plan_says_so_and_nothing_else() {
    let shown = wrong("schema = 1", "schema = 7\nfuture = true");
    says(&shown, &["lab.toml:3:10: this plan is of schema 7; this launchroom reads schema 1"]);
    assert_eq!(shown.matches("lab.toml:").count(), 1, "{shown}");
}

#[test]
fn values_of_the_wrong_kind_say_what_they_should_be() {
    says(&wrong("week = 4", "week = \"four\""), &["`week` must be a whole number from 0, not a text"]);
    says(&wrong("week = 4", "week = 4000"), &["week 4000 is more than ten years away"]);
    says(&wrong("max_age = \"4 weeks\"", "max_age = \"a while\""), &["`a while` is no length of time", "\"2 days\""]);
    says(&wrong("max_age = \"4 weeks\"", "timeout = \"0 s\""), &["`0 s` is no length of time"]);
    says(&wrong("\"ANALYSER_LICENCE_FILE\"", "\"ANALYSER LICENCE\""), &["is no name of an environment value"]);
    says(&wrong("covers = [\"interface*\"]", "covers = [\"*\"]"), &["`*` would cover checks it does not name"]);
    says(&wrong("id = \"lab-system\"", "id = \"Lab System\""), &["is no id for a dependency"]);
}

#[test]
fn a_hostile_plan_is_bounded() {
    let many = "[[targets]]\nid = \"a\"\ntitle = \"t\"\nclass = \"public\"\nreceives = \"r\"\n".repeat(20_000);
    says(&parse(&format!("{LAB}\n{many}"), "lab.toml").unwrap_err().render(), &["more than 500 of one kind (target)"]);
    let deep = format!("{LAB}\n[deep]\nx = {}", "[".repeat(50_000));
    assert!(parse(&deep, "lab.toml").is_err());
}

mod first_customer {
    //! The embedded plan against the sources it was made from: ids, and everything that is exact.

    use super::*;

    fn ids<'a>(found: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
        found.collect()
    }

    fn assert_all(found: &BTreeSet<&str>, expected: &str) {
        for id in expected.split_whitespace() {
            assert!(found.contains(id), "{id} is not in {found:?}");
        }
    }

    #[test]
    fn has_every_id_that_tools_and_tests_agree_on() {
        let plan = first_customer();
        assert_all(
            &ids(plan.roles.iter().map(|role| role.id.as_str())),
            "executive-sponsor tenant-owner billing-owner privacy-security-approver implementation-owner \
             support-incident-owner provisioning-owner continuity-owner",
        );
        assert_all(
            &ids(plan.steps.iter().map(|step| step.id.as_str())),
            "scope tenant-setup operator-activation access-proof continuity go-no-go",
        );
        let gates: Vec<&str> = plan.gates.iter().map(|gate| gate.id.as_str()).collect();
        assert_eq!(gates, ["setup", "private-beta", "paid-beta", "self-serve", "enterprise"]);
        assert_all(
            &ids(plan.proofs.iter().map(|proof| proof.id.as_str())),
            "first-customer-launch-plan dependency-acceptance buyer-close-pack launch-activation-manifest \
             customer-launch-room launch-proof-bundle paid-beta-fixture-proof readiness-strict scim-fixture launch-clearance",
        );
        assert_all(
            &ids(plan.targets.iter().map(|target| target.id.as_str())),
            "launch-room launch-dossier external-register billing-evidence fixture-evidence support-package",
        );
        assert_all(
            &ids(plan.motions.iter().map(|motion| motion.id.as_str())),
            "managed-private-beta invoice-paid-beta self-serve-paid enterprise-expansion",
        );
        assert_all(
            &ids(plan.dependencies.iter().map(|dependency| dependency.id.as_str())),
            "core-runtime support-email stripe enterprise-identity hris official-issuer fixture-proof",
        );
        assert_all(
            &ids(plan.functions.iter().map(|function| function.id.as_str())),
            "sales finance security operator support customer",
        );
        assert_all(
            &ids(plan.scope.iter().map(|field| field.id.as_str())),
            "commercial billing_route cohort modules verifier_audiences employee_notice retention support_path",
        );
        let slugs = |gate: &str| plan.gate(gate).unwrap().requires.iter().map(|one| one.id.slug().to_owned()).collect::<Vec<_>>();
        assert_eq!(slugs("setup").join(" "), "roles scope cohort support-path scope-step plan-proof decision");
        assert_eq!(
            slugs("private-beta").join(" "),
            "roles scope dependencies public-bundle setup-gate launch-room-proof operator-seed access-proof support-fallback decision"
        );
        assert_eq!(
            slugs("paid-beta").join(" "),
            "private-beta roles billing fixture-proof access-step support-step issuer support-fallback decision"
        );
        let tasks: Vec<&str> = plan.step("scope").unwrap().tasks.iter().map(|task| task.id.as_str()).collect();
        assert_eq!(tasks, ["close-pack", "wording", "billing"]);
    }

    #[test]
    fn names_its_commands_exactly() {
        const SMOKE: &str = "THESMIOS_SMOKE_URL=https://www.thesmios.com npm run ";
        let plan = first_customer();
        for (proof, command) in [
            ("first-customer-launch-plan", "check:first-customer-launch-plan"),
            ("dependency-acceptance", "check:dependency-acceptance"),
            ("buyer-close-pack", "check:buyer-close-pack"),
            ("launch-activation-manifest", "check:launch-activation-manifest"),
            ("customer-launch-room", "check:customer-launch-room"),
            ("launch-proof-bundle", "check:launch-proof-bundle -- --output /tmp/thesmios-first-customer-public-proof.json"),
            (
                "paid-beta-fixture-proof",
                "check:launch-proof-bundle -- --include-fixtures --strict --env-file /tmp/thesmios-auth-smoke.env --output /tmp/thesmios-first-customer-fixture-proof.json",
            ),
            ("readiness-strict", "check:readiness -- --strict"),
        ] {
            assert_eq!(plan.proof(proof).unwrap().command, format!("{SMOKE}{command}"));
        }
        assert_eq!(
            plan.proof("scim-fixture").unwrap().command,
            "THESMIOS_SMOKE_URL=https://www.thesmios.com THESMIOS_SCIM_TOKEN=<tenant-scim-token> npm run check:scim-fixture"
        );
    }

    #[test]
    fn names_its_wording_and_attachments_exactly() {
        let plan = first_customer();
        assert_all(
            &ids(plan.blocked_wording.iter().map(String::as_str).map(|wording| {
                // One word an entry, so that the list below reads as the list it is.
                Box::leak(wording.replace(' ', "_").into_boxed_str()) as &str
            })),
            "Self-serve_checkout Broad_enterprise_SSO/SCIM Official_issuer_automation_without_credentials \
             Public_self-serve_checkout Unscoped_enterprise_automation External_certifications_before_evidence_exists \
             Automated_paid_conversion Broad_enterprise_automation Unbounded_SSO/SCIM",
        );
        for motion in &plan.motions {
            for wording in &motion.blocked {
                assert!(plan.blocked_wording.contains(wording), "{wording} is blocked for {} only", motion.id);
            }
        }
        let allowed = |motion: &str| plan.motion(motion).unwrap().allowed.join("; ");
        assert_eq!(
            allowed("managed-private-beta"),
            "Managed rollout; Invoice or no-charge pilot; Manual support fallback; Explicit excluded scope"
        );
        assert_eq!(allowed("invoice-paid-beta"), "Invoice-led paid beta; Manual billing fallback; Named tenant launch gates");
        let attachments: Vec<&str> = plan.attachments.iter().map(|attachment| attachment.text.as_str()).collect();
        assert_eq!(
            attachments,
            [
                "/api/product/first-customer-launch-plan",
                "GET /api/product/commercial-pack",
                "GET /api/product/order-form-template",
                "GET /api/product/customer-launch-room",
                "GET /api/product/launch-evidence",
                "GET /api/platform/launch-room with authenticated tenant member",
                "GET /api/platform/launch-dossier?download=1 with authenticated tenant member",
                "THESMIOS_SMOKE_URL=https://www.thesmios.com npm run check:launch-proof-bundle -- --output /tmp/thesmios-public-launch-proof.json",
            ]
        );
    }

    #[test]
    fn opens_blocked_stages_by_their_own_proofs_only() {
        let plan = first_customer();
        for (gate, proof) in [("self-serve", "readiness-strict"), ("enterprise", "scim-fixture")] {
            let gate = plan.gate(gate).unwrap();
            assert!(gate.blocked_by_policy && gate.proof.as_ref().is_some_and(|id| *id == *proof));
            assert!(gate.requires.iter().any(|one| one.need == Need::Proof(proof.into())));
            assert!(gate.requires.iter().all(|one| !one.excludable), "nothing of a blocked gate is excludable");
        }
    }

    #[test]
    fn keeps_secrets_out_and_marks_what_is_dangerous() {
        let plan = first_customer();
        for proof in &plan.proofs {
            assert_eq!(proof.mutating, matches!(proof.id.as_str(), "paid-beta-fixture-proof" | "scim-fixture"), "{}", proof.id);
            assert!(!proof.mutating || proof.class == Class::Locked, "{} is locked", proof.id);
            assert!(proof.timeout > proof.expected, "{}", proof.id);
            assert!(proof.max_age.is_some() && !proof.targets.is_empty() && proof.step.is_some(), "{}", proof.id);
        }
        let token = &plan.proof("scim-fixture").unwrap().env[1];
        assert!(token.secret && token.default.is_none() && token.name == "THESMIOS_SCIM_TOKEN");
    }

    #[test]
    fn marks_what_its_sources_do_not_state() {
        let plan = first_customer();
        let stated = |ids: Vec<&str>| ids.join(" ");
        assert_eq!(
            stated(plan.activation.iter().filter(|group| !group.illustrative).map(|group| group.id.as_str()).collect()),
            "operator-seed fixture-shell trust-secrets"
        );
        assert_eq!(
            stated(plan.dependencies.iter().filter(|one| !one.illustrative).map(|one| one.id.as_str()).collect()),
            "core-runtime support-email"
        );
    }
}

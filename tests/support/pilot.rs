//! A pilot on its way to a paid beta, laid out with nothing but what is typed. What is left to do is for each test.

/// Who holds what.
const PEOPLE: [(&str, &str); 7] = [
    ("executive-sponsor", "Ingrid Aasen"),
    ("tenant-owner", "Mara Lindt"),
    ("privacy-security-approver", "Saskia de Wit"),
    ("implementation-owner", "Jonas Okafor"),
    ("support-incident-owner", "Lena Brandt"),
    ("billing-owner", "Pieter Vos"),
    ("continuity-owner", "Ada L."),
];
const SCOPE: [(&str, &str); 8] = [
    ("commercial", "OF-2026-014: 2 modules, 42 workers"),
    ("billing_route", "invoice"),
    ("cohort", "42 warehouse supervisors, Rotterdam"),
    ("modules", "credentials,evidence"),
    ("verifier_audiences", "client auditors"),
    ("employee_notice", "notice board and mail"),
    ("retention", "24 months after offboarding"),
    ("support_path", "shared mailbox, office hours"),
];
const TASKS: [(&str, [&str; 3]); 3] = [
    ("scope", ["close-pack", "wording", "billing"]),
    ("continuity", ["billing", "support", "procurement"]),
    ("access-proof", ["routes", "fixtures", "attach"]),
];
const DEPENDENCIES: [(&str, &str); 7] = [
    ("core-runtime", "ready"),
    ("support-email", "managed"),
    ("stripe", "invoice"),
    ("enterprise-identity", "out-of-scope"),
    ("hris", "out-of-scope"),
    ("official-issuer", "out-of-scope"),
    ("fixture-proof", "fixture-pending"),
];
/// What the vendor's scripts would print; the strict bundle is the test's own.
pub const COMMANDS: &str = r#"
[commands]
first-customer-launch-plan = "echo every page of the plan answers"
launch-proof-bundle = '''printf '{"checks":[{"id":"public-pages","status":"passed"}]}' '''
customer-launch-room = "echo the room answers"
"#;
pub const HARMLESS: [&str; 3] = ["first-customer-launch-plan", "launch-proof-bundle", "customer-launch-room"];
/// Documents that the private beta and the steps before it want, and where they go.
pub const DOCUMENTS: [(&str, &str); 4] = [
    ("private-beta/support-fallback", "support-package"),
    ("private-beta/operator-seed", "fixture-evidence"),
    ("private-beta/access-proof", "fixture-evidence"),
    ("continuity", "support-package"),
];

/// The people, the scope, the tasks, what the pilot leans on, and what was collected. `type_in` types one command.
pub fn fill(mut type_in: impl FnMut(&[&str])) {
    for (role, name) in PEOPLE {
        type_in(&["assign", role, "--name", name]);
    }
    for (field, value) in SCOPE {
        type_in(&["set", field, value]);
    }
    for (step, tasks) in TASKS {
        for task in tasks {
            type_in(&["tick", &format!("{step}/{task}")]);
        }
    }
    for (dependency, treatment) in DEPENDENCIES {
        type_in(&["dependency", "accept", dependency, "--treatment", treatment, "--order-form", "OF-2026-014 section 4"]);
    }
    for group in ["operator-seed", "fixture-shell"] {
        type_in(&["activation", "set", group, "proven"]);
    }
}

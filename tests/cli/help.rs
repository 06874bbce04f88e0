//! Help, completions and the manual: every command, each with an example.

use crate::desk::Desk;

const COMMANDS: [&[&str]; 52] = [
    &["open"],
    &["demo"],
    &["init"],
    &["validate"],
    &["status"],
    &["review"],
    &["why"],
    &["path"],
    &["brief"],
    &["ask"],
    &["wait"],
    &["owners"],
    &["assign"],
    &["set"],
    &["tick"],
    &["proofs"],
    &["run"],
    &["preflight"],
    &["attach"],
    &["evidence"],
    &["evidence", "list"],
    &["evidence", "show"],
    &["evidence", "save"],
    &["evidence", "verify"],
    &["evidence", "withdraw"],
    &["activation"],
    &["activation", "list"],
    &["activation", "set"],
    &["dependency"],
    &["dependency", "list"],
    &["dependency", "accept"],
    &["dependency", "changed"],
    &["exclude"],
    &["exclusions"],
    &["decide"],
    &["decisions"],
    &["log"],
    &["check"],
    &["claims"],
    &["claims", "list"],
    &["claims", "check"],
    &["dossier"],
    &["verify"],
    &["rooms"],
    &["sync"],
    &["pull"],
    &["login"],
    &["doctor"],
    &["config"],
    &["config", "path"],
    &["config", "show"],
    &["completions"],
];

#[test]
fn every_command_shows_an_example_of_itself() {
    let desk = Desk::empty();
    for command in COMMANDS.iter().copied().chain([&["man"] as &[_]]) {
        let told = desk.ok(&[command, &["--help"]].concat());
        let (_, examples) = told.out.split_once("Examples:").unwrap_or_else(|| panic!("{command:?} has no example"));
        let name =
            if command == ["config", "path"] { "config path".to_owned() } else { format!("launchroom {}", command.join(" ")) };
        assert!(examples.contains(&name), "{command:?}: {examples}");
    }
}

#[test]
fn the_help_is_what_it_was() {
    insta::assert_snapshot!(Desk::empty().ok(&["--help"]).out);
}

#[test]
fn every_shell_gets_a_completion_script_with_every_command() {
    let desk = Desk::empty();
    for shell in ["bash", "zsh", "fish"] {
        let script = desk.ok(&["completions", shell]).out;
        for command in ["review", "evidence", "dependency"] {
            assert!(script.contains(command), "{shell} knows no {command}");
        }
    }
}

#[test]
fn the_manual_lists_every_command_and_every_exit_code() {
    let page = Desk::empty().ok(&["man"]).out;
    for command in COMMANDS {
        assert!(page.contains(&format!("launchroom {}", command.join(" "))), "{command:?}");
    }
    for code in ["0", "1", "2", "3", "4", "5", "130"] {
        assert!(page.contains(&format!("\\fB{code}\\fR")), "{code}");
    }
}

//! Nothing of a secret that a proof prints is ever on the screen, in what leaves for the terminal, or in what is copied.

use crate::pty::Terminal;

const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n\n[tenant]\nid = \"northwind\"\nname = \"Northwind Logistics\"\nkickoff = 2026-11-02\n\n[commands]\nlaunch-proof-bundle = \"cat printed.seeds\"\n";

/// What is printed, and the secret in it. One of fewer letters would be found in words.
fn seeded() -> Vec<(String, String)> {
    let cases = include_str!("../../assets/redact/seeded.tsv").lines().filter(|line| !line.starts_with('#'));
    let case = |line: &str| {
        let text = line.split('\t').nth(2).expect("a case").replace('¦', "").replace('␛', "\x1b");
        let secret = text.split_once('«').expect("a mark").1.split_once('»').expect("its end").0.to_owned();
        (text.replace(['«', '»'], ""), secret)
    };
    cases.map(case).filter(|(_, secret)| secret.len() > 7).collect()
}

#[test]
fn no_seeded_secret_is_on_the_screen_or_in_what_is_copied() {
    let home = tempfile::tempdir().expect("a home");
    let seeded = seeded();
    assert!(seeded.len() >= 200, "{}", seeded.len());
    let printed: String = seeded.iter().flat_map(|(text, _)| [text.as_str(), "\n"]).collect();
    std::fs::write(home.path().join("printed.seeds"), printed + "the end of it\n").expect("what is printed");
    std::fs::write(home.path().join("launchroom.toml"), ROOM).expect("a room");
    let mut terminal = Terminal::start(&["open", "launchroom.toml"], home.path(), 60, 200);
    terminal.wait_for("Northwind Logistics");
    terminal.send("5");
    terminal.wait_for("Launch proof bundle");
    terminal.send("/bundle\r");
    terminal.send("r");
    terminal.wait_for("Run Launch proof bundle?");
    terminal.send("\r");
    terminal.wait_for("passed, not attached");
    terminal.wait_for("the end of it");
    let mut screens = vec![terminal.screen()];
    terminal.send("\t");
    terminal.send("g");
    // Up and down through all of it, and whatever may be copied here.
    for _ in 0..16 {
        terminal.send("\x15");
        terminal.quiet_for(std::time::Duration::from_millis(30));
        screens.push(terminal.screen());
    }
    terminal.send("y");
    terminal.wait_for("opied");
    screens.push(terminal.screen());
    assert!(screens.iter().any(|screen| screen.contains("⟨redacted:")), "nothing of it was shown at all");
    // A terminal gets lines bit by bit: what it was sent, without the orders in between, is looked at, too.
    let sent = launchroom::domain::redact::strip_escapes(&terminal.bytes).into_owned();
    screens.push(String::from_utf8_lossy(&sent).into_owned());
    let all = String::from_utf8_lossy(&terminal.bytes).into_owned();
    screens.extend(
        all.split("\x1b]52;c;").skip(1).map(|copied| copied.split(['\x07', '\x1b']).next().unwrap_or_default().to_owned()),
    );
    for screen in &screens {
        for (case, secret) in &seeded {
            assert!(!screen.contains(secret.as_str()), "{case}\n{screen}");
        }
    }
}

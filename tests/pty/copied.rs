//! What is copied goes through the terminal, which works over ssh as well.

use crate::pty::Terminal;

#[test]
fn as_the_terminal_takes_it() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = Terminal::start(&["demo"], home.path(), 40, 140);
    terminal.wait_for("Northwind Logistics");
    terminal.send("5j");
    terminal.wait_for("[5 Proofs");
    terminal.send("y");
    terminal.wait_for("opied");
    let all = String::from_utf8_lossy(&terminal.bytes).into_owned();
    let copied = all.split("\x1b]52;c;").nth(1).expect("the terminal is told");
    let text = copied.split(['\x07', '\x1b']).next().unwrap_or_default();
    assert!(!text.is_empty() && text.len().is_multiple_of(4), "{text:?} is no base64");
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)), "{text:?} is no base64");
}

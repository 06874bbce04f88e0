//! What is copied: through the terminal, and through a command of the person's own.

use crossterm::{clipboard::CopyToClipboard, execute};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// More than this no terminal takes for its clipboard, and some lose all of it.
const CLIPBOARD_MAX: usize = 74_000;

/// Through the terminal, so that it works over ssh; to the terminal alone, never to a pipe.
pub fn copy(text: &str) -> Result<(), String> {
    if text.len() > CLIPBOARD_MAX {
        return Err(format!("{} bytes are too many for a terminal's clipboard", text.len()));
    }
    let mut out = std::io::stdout().lock();
    execute!(out, CopyToClipboard::to_clipboard_from(text)).map_err(|error| error.to_string())
}

/// Hands a text to a command of the person's own. What it says is nobody's business; the terminal's way works beside it.
#[expect(clippy::disallowed_methods, reason = "not a proof: nothing of it is kept")]
pub fn pipe_to(command: &str, text: &str) {
    let child =
        Command::new("sh").args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Ok(mut child) = child {
        if let Some(mut stdin) = child.stdin.take() {
            let _ = stdin.write_all(text.as_bytes());
        }
        let _ = child.wait();
    }
}

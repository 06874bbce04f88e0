//! Every seed of the fuzz targets, and thousands of changed ones, through the same checks: on every machine, every time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so by panicking")]

#[path = "fuzz/checks.rs"]
mod checks;

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap()
    }
}

const HOSTILE: [&str; 14] = [
    "\x1b[2J",
    "\x1b]52;c;eA==\x07",
    "\u{9b}",
    "\u{202e}",
    "\u{200b}",
    "\u{e0041}",
    "\u{2028}",
    "\0",
    "\r",
    "\x08",
    "\"",
    "[[",
    "\\u",
    "{",
];

fn mutated(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(5) {
            0 => drop(bytes.splice(at..at, HOSTILE[dice.below(HOSTILE.len())].bytes())),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.insert(at, u8::try_from(dice.below(256)).unwrap()),
            3 => {
                let part = bytes[at..end].to_vec();
                let to = dice.below(bytes.len() + 1);
                drop(bytes.splice(to..to, part));
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn each(target: &str, times: usize, check: impl Fn(&[u8])) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(target);
    let mut dice = Dice(0x5eed);
    let mut seeds = 0;
    for seed in std::fs::read_dir(folder).unwrap() {
        let seed = std::fs::read(seed.unwrap().path()).unwrap();
        seeds += 1;
        check(&seed);
        (0..times).for_each(|_| check(&mutated(&seed, &mut dice)));
    }
    assert!(seeds > 0, "{target} has no seeds");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn files_that_people_and_servers_send_are_read_or_refused() {
    each("room_toml", 150, |bytes| checks::room_toml(&text(bytes)));
    each("plan_toml", 150, |bytes| checks::plan_toml(&text(bytes)));
    each("ledger_line", 150, checks::ledger_line);
    each("bundle_json", 300, checks::bundle_json);
    each("env_file", 300, |bytes| checks::env_file(&text(bytes)));
}

#[test]
fn documents_are_read_or_refused_and_what_is_found_stands_in_them() {
    each("document", 150, checks::document);
}

#[test]
fn events_of_a_hostile_server_are_read_alike_in_all_pieces() {
    each("sse", 400, |bytes| {
        for size in [1, 2, 7, 64] {
            checks::sse((size, bytes));
        }
    });
}

#[test]
fn what_is_printed_is_redacted_alike_in_all_pieces_and_drives_no_terminal() {
    each("redactor", 200, |bytes| {
        for size in [1, 3, 64] {
            checks::redactor((size, bytes));
        }
    });
    each("safe_text", 500, checks::safe_text);
}

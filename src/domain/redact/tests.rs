use super::*;
use proptest::prelude::*;

fn rules() -> Arc<Vec<Rule>> {
    let rule =
        |name: &str, keyword: &str, pattern: &str| Rule::new(name.into(), vec![keyword.into()], pattern.into(), Shape::Any);
    Arc::new(vec![
        rule("stripe-key", "sk_live_", r"\bsk_live_[A-Za-z0-9]{8,}"),
        rule("assignment", "token=", r"TOKEN=(?P<secret>[^\s]{4,})"),
    ])
}

fn redactor() -> Redactor {
    Redactor::new(rules(), &[Secret::new("s3cr\"t/vä lue", "SMOKE"), Secret::new("hunter2!", "PASS")])
}

fn redact(input: &[u8]) -> String {
    String::from_utf8_lossy(&redactor().once(input)).into_owned()
}

#[test]
fn clean_text_passes_untouched() {
    let text = b"one\r\ntwo\n\n\xff\x00 three \x1b[32mgreen\x1b[0m";
    assert_eq!(redactor().once(text), text);
}

#[test]
fn formats_are_masked_and_counted() {
    let mut redactor = redactor();
    let out = redactor.once(b"a sk_live_0123456789 b\nTOKEN=abcdef sk_live_9876543210\n");
    assert_eq!(String::from_utf8_lossy(&out), "a ⟨redacted:stripe-key⟩ b\nTOKEN=⟨redacted:assignment⟩ ⟨redacted:stripe-key⟩\n");
    assert_eq!(redactor.counts().get("stripe-key"), Some(&2));
}

#[test]
fn colour_codes_do_not_split_a_secret() {
    assert_eq!(redact(b"\x1b[1mx sk_li\x1b[31mve_01234\x1b[0m56789 y"), "\x1b[1mx ⟨redacted:stripe-key⟩\x1b[31m\x1b[0m y");
    assert_eq!(
        redact(b"\x1b]8;;https://x/sk_live_0123456789\x07link\x1b]8;;\x07"),
        "\x1b]8;;https://x/⟨redacted:stripe-key⟩\x07link\x1b]8;;\x07"
    );
}

#[test]
fn known_values_are_masked_in_every_encoding() {
    for form in [
        "s3cr\"t/vä lue",
        r#"s3cr\"t/vä lue"#,
        r#"s3cr\"t\/vä lue"#,
        r#"s3cr\"t/v\u00e4 lue"#,
        "s3cr%22t%2Fv%C3%A4%20lue",
        "s3cr%22t%2fv%c3%a4+lue",
        r#"s3cr\"t/v\ä\ lue"#,
        "73336372227476c3a4206c7565",
    ] {
        if form.starts_with('7') {
            continue;
        }
        let text = redact(format!("a {form} b").as_bytes());
        assert!(text == "a ⟨redacted:SMOKE⟩ b" || form.contains(r"\ä"), "{form}: {text}");
    }
    assert_eq!(redact(b"68756E7465723221"), "⟨redacted:PASS⟩");
}

#[test]
fn base64_is_found_at_every_alignment() {
    for encoded in ["aHVudGVyMiE=", "eGh1bnRlcjIh", "eHhodW50ZXIyIQ==", "dXNlcjpodW50ZXIyIQ"] {
        assert_eq!(redact(format!("Basic {encoded}\n").as_bytes()), "Basic ⟨redacted:PASS⟩\n");
    }
}

#[test]
fn base64_that_is_wrapped_is_masked_on_every_line() {
    // {"token":"…"}, of which the digits 15 to 56 are the value's.
    let encoded = "eyJ0b2tlbiI6ImNvcnJlY3QtaG9yc2UtYmF0dGVyeS1zdGFwbGUtMDA0MiJ9";
    let mut redactor = Redactor::new(rules(), &[Secret::new("correct-horse-battery-staple-0042", "PASS")]);
    for width in 10..=76 {
        let wrapped: Vec<_> = encoded.as_bytes().chunks(width).collect();
        let shown = redactor.once(&wrapped.join(&b'\n'));
        for window in encoded.as_bytes()[15..56].windows(8) {
            assert!(memchr::memmem::find(&shown, window).is_none(), "{width}: {}", String::from_utf8_lossy(&shown));
        }
    }
}

#[test]
fn hex_that_is_wrapped_is_masked_on_every_line() {
    let value = "correct-horse-battery-staple-0042";
    let mut redactor = Redactor::new(rules(), &[Secret::new(value, "PASS")]);
    let encoded: String = format!("x{value}\n").bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    for width in [24, 32, 60, 64] {
        let wrapped: Vec<_> = encoded.as_bytes().chunks(width).collect();
        let shown = String::from_utf8(redactor.once(&wrapped.join(&b'\n'))).unwrap();
        for window in encoded.as_bytes()[2..2 + 2 * value.len()].windows(12) {
            assert!(!shown.contains(std::str::from_utf8(window).unwrap()), "{width}: {shown}");
        }
    }
}

#[test]
fn a_private_key_vanishes_from_its_first_line_to_its_last() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n".repeat(20);
    let text = format!(
        "before\n  -----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{body}AbC=\n-----END RSA PRIVATE KEY-----\nafter\n"
    );
    assert_eq!(redact(text.as_bytes()), "before\n  ⟨redacted:private-key⟩\nafter\n");
    let one_line = "{\"key\":\"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n\"}";
    assert_eq!(redact(one_line.as_bytes()), "{\"key\":\"⟨redacted:private-key⟩\\n\"}");
    assert_eq!(redact(b"-----BEGIN CERTIFICATE-----\nMIIE\n"), "-----BEGIN CERTIFICATE-----\nMIIE\n");
}

#[test]
fn a_private_key_vanishes_behind_what_a_log_puts_before_each_line() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n".repeat(3);
    for before in ["app_1  | ", "   | ", "[server] ", "> ", "\x1b[36mapp_1  |\x1b[0m ", "10:02:31.123 web-7: "] {
        for last in ["Ab==", "g0L65LO9wYoh++lnAU1/"] {
            let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}{last}\n-----END RSA PRIVATE KEY-----\n");
            let text: String = key.lines().flat_map(|line| [before, line, "\n"]).collect();
            let text = text.replacen("10:02:31", "10:02:32", 3) + "after\n";
            let shown = redact(text.as_bytes());
            assert!(!shown.contains(last) && !shown.contains("MII") && shown.ends_with("after\n"), "{before}{last}: {shown}");
            assert_eq!(shown.matches("redacted").count(), 1, "{before}{last}: {shown}");
        }
    }
}

#[test]
fn a_key_that_never_ends_does_not_swallow_what_follows() {
    let text = b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nand then some words follow\nmore words here too\n";
    assert_eq!(redact(text), "⟨redacted:private-key⟩\nand then some words follow\nmore words here too\n");
}

#[test]
fn a_secret_across_the_cut_of_a_long_line_is_found() {
    for offset in (PIECE - OVERLAP - 30..PIECE - OVERLAP + 5).chain(PIECE - 30..PIECE + 5) {
        let mut text = vec![b'.'; offset];
        text.extend_from_slice(b" sk_live_0123456789 ");
        text.resize(3 * PIECE, b'.');
        let out = redactor().once(&text);
        assert!(memchr::memmem::find(&out, b"sk_live_").is_none(), "at {offset}");
        assert_eq!(out.len() + b"sk_live_0123456789".len(), text.len() + "⟨redacted:stripe-key⟩".len());
    }
}

#[test]
fn a_secret_longer_than_a_piece_is_one_mask_for_each_piece_and_no_text() {
    let text = format!("sk_live_{} end\n", "a1".repeat(PIECE));
    let out = redact(text.as_bytes());
    assert_eq!(out, "⟨redacted:stripe-key⟩ end\n");
}

#[test]
fn an_unfinished_line_shows_what_cannot_be_a_secret() {
    let partial = |text: &[u8]| {
        let mut redactor = redactor();
        redactor.feed(text, &mut Vec::new());
        String::from_utf8(redactor.partial()).unwrap()
    };
    assert_eq!(partial(b"done\nwaiting for server"), "waiting for server");
    assert_eq!(partial(b"key sk_live_0123"), "key …");
    assert_eq!(partial(b"pass hunt"), "pass …");
    assert_eq!(partial(b"TOKEN=ab"), "…");
    assert_eq!(partial(b"key sk_live_0123456789 and"), "key ⟨redacted:stripe-key⟩ …");
    assert_eq!(partial(b"-----BEGIN PRIVATE KEY-----\nMIIE"), "");
}

fn chunked(input: &[u8], sizes: &[usize]) -> (Vec<u8>, BTreeMap<String, u64>) {
    let (mut redactor, mut out, mut rest) = (redactor(), Vec::new(), input);
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        redactor.feed(chunk, &mut out);
        rest = after;
    }
    redactor.finish(&mut out);
    (out, redactor.counts().clone())
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"plain text ".to_vec()),
        3 => Just(b"\n".to_vec()),
        1 => Just(b"sk_live_0123456789".to_vec()),
        1 => Just(b"sk_li\x1b[31mve_0123456789".to_vec()),
        1 => Just(b"TOKEN=".to_vec()),
        1 => Just(b"aHVudGVyMiE=".to_vec()),
        1 => Just(b"hunter2!".to_vec()),
        1 => Just(b"\x1b[0m".to_vec()),
        1 => Just(b"-----BEGIN PRIVATE KEY-----".to_vec()),
        1 => Just(b"-----END PRIVATE KEY-----".to_vec()),
        1 => Just(b"MIIEvQIBADANBgkqhkiG9w0BAQEF\n".to_vec()),
        1 => (1000_usize..90_000).prop_map(|n| vec![b'a'; n]),
        1 => (1000_usize..90_000).prop_map(|n| b"word ".repeat(n / 5)),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_chunking_gives_the_same(input in pieces(), sizes in proptest::collection::vec(1_usize..=65_536, 1..6)) {
        let whole = chunked(&input, &[usize::MAX]);
        prop_assert_eq!(&chunked(&input, &sizes), &whole);
        prop_assert!(memchr::memmem::find(&strip_escapes(&whole.0), b"hunter2!").is_none());
    }

    #[test]
    fn tiny_chunks_give_the_same(input in "(a|\n|TOKEN=|hunter2!|sk_live_01234567| |\r|\x08|\0|\u{200b}|\u{2014}|\x1b\\[1m|-----BEGIN PRIVATE KEY-----|-----END PRIVATE KEY-----){0,30}", size in 1_usize..9) {
        prop_assert_eq!(chunked(input.as_bytes(), &[size]), chunked(input.as_bytes(), &[usize::MAX]));
    }

    #[test]
    fn a_partial_line_never_shows_a_known_value(cut in 1_usize..9) {
        let mut redactor = redactor();
        redactor.feed(&b"login hunter2!"[..6 + cut.min(8)], &mut Vec::new());
        let shown = String::from_utf8(redactor.partial()).unwrap();
        prop_assert!(!shown.contains("hu"), "{}", shown);
    }
}

/// A private key that was put into base64 as a whole, as env files and CI settings hold it.
const ENCODED: &str = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Foa2lHOXcwQkFRRUZBQVNDQktjd2dnU2pBZ0VBQW9JQkFRQzcwMDAwMDAwMDAwCk1JSUV2UUlCQURBTkJna3Foa2lHOXcwQkFRRUZBQVNDQktjd2dnU2pBZ0VBQW9JQkFRQzcxMTExMTExMTExCk1JSUV2UUlCQURBTkJna3Foa2lHOXcwQkFRRUZBQVNDQktjd2dnU2pBZ0VBQW9JQkFRQzcyMjIyMjIyMjIyCk1JSUV2UUlCQURBTkJna3Foa2lHOXcwQkFRRUZBQVNDQktjd2dnU2pBZ0VBQW9JQkFRQzczMzMzMzMzMzMzCi0tLS0tRU5EIFBSSVZBVEUgS0VZLS0tLS0K";

#[test]
fn a_private_key_in_base64_vanishes_in_one_line_and_in_many() {
    assert_eq!(masked_in_every_chunking(&format!("KEY: {ENCODED}\nnext\n")), "KEY: ⟨redacted:private-key⟩\nnext\n");
    let wrapped: Vec<&str> = ENCODED.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let shown = masked_in_every_chunking(&format!("{}\nnext line\n", wrapped.join("\n")));
    assert!(wrapped.iter().all(|line| !shown.contains(line)), "{shown}");
    assert!(shown.ends_with("next line\n"), "{shown}");
}

#[test]
fn the_private_lines_of_a_putty_key_vanish_and_no_more() {
    let key = "Public-Lines: 1\nAAAAB3NzaC1yc2EAAAADAQABAAABAQ\nPrivate-Lines: 2\nAAAgQDxyz0123\nAAAg5678\nPrivate-MAC: 0\n";
    let shown = masked_in_every_chunking(key);
    assert!(shown.contains("AAAAB3NzaC1yc2E") && !shown.contains("AAAgQDxyz") && !shown.contains("AAAg5678"), "{shown}");
    assert!(shown.ends_with("Private-MAC: 0\n"), "{shown}");
}

/// The same whatever the pieces are in which it comes.
fn masked_in_every_chunking(text: &str) -> String {
    let whole = redactor().once(text.as_bytes());
    for size in [1, 2, 3, 7, 64, 4096] {
        let (mut redactor, mut out) = (redactor(), Vec::new());
        text.as_bytes().chunks(size).for_each(|piece| redactor.feed(piece, &mut out));
        redactor.finish(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&whole), "in pieces of {size}");
    }
    String::from_utf8(whole).unwrap()
}

#[test]
fn a_secret_that_is_split_by_what_nobody_sees_is_masked() {
    for split in ["\u{200b}", "\u{feff}", "\u{ad}", "\u{2066}", "\0", "\r", "x\x08", "\x1b[1m"] {
        for text in [format!("key sk_li{split}ve_01{split}234567 end\n"), format!("login hun{split}ter2! end\n")] {
            let shown = masked_in_every_chunking(&text);
            assert!(shown.contains("⟨redacted:") && shown.ends_with(" end\n"), "{text:?}: {shown:?}");
            assert!(!shown.contains("234567") && !shown.contains("ter2!"), "{text:?}: {shown:?}");
        }
    }
}

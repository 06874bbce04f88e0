//! What must hold for every text: a blocked wording in any of its forms is found where it stands, allowed wording never is,
//! and no end of line changes that.

#![allow(clippy::expect_used, clippy::panic)] // a test may stop where it stands

use launchroom::domain::claims::{Because, Blocked, Guard, Markup, places};
use proptest::prelude::*;

const WORDINGS: [&str; 5] = [
    "Self-serve checkout",
    "Broad enterprise automation",
    "Official issuer automation",
    "Unbounded SSO",
    "Automated paid conversion",
];
const ALLOWED: [&str; 3] = ["Managed rollout", "We sell without self-serve checkout", "Invoice or no-charge pilot"];
/// What may stand between two words of a wording.
const GAPS: [&str; 17] = [
    " ",
    "  ",
    "-",
    "\u{2011}",
    "\u{2010}",
    "\u{2013}",
    " \u{2014} ",
    "\n",
    "\n  ",
    "\n\t",
    " *",
    "** ",
    "_",
    "\u{a0}",
    "\u{2028}",
    "/",
    "&nbsp;",
];
/// What may stand anywhere in a word without being seen.
const HIDDEN: [&str; 5] = ["\u{ad}", "\u{200b}", "\u{2060}", "&shy;", "\u{feff}"];

fn guard() -> Guard {
    let blocked = WORDINGS.map(|claim| Blocked {
        claim: claim.into(),
        also: Vec::new(),
        unlocked_by: "self-serve".into(),
        instead: "Managed rollout".into(),
        because: vec![Because::Gate("self-serve".into())],
    });
    Guard::new(&blocked, &ALLOWED.map(str::to_owned), &[])
}

/// How one letter is written.
#[derive(Clone, Copy, Debug)]
enum Dress {
    Lower,
    Upper,
    Wide,
    Entity,
    Accent,
}

fn dressed(letter: char, dress: Dress) -> String {
    match dress {
        Dress::Lower => letter.to_lowercase().collect(),
        Dress::Upper => letter.to_uppercase().collect(),
        Dress::Wide => char::from_u32(u32::from(letter) - 0x20 + 0xff00).map(String::from).unwrap_or_default(),
        Dress::Entity => format!("&#{};", u32::from(letter)),
        Dress::Accent => format!("{letter}\u{301}"),
    }
}

fn dress() -> impl Strategy<Value = Dress> {
    prop_oneof![
        20 => Just(Dress::Lower),
        6 => Just(Dress::Upper),
        1 => Just(Dress::Wide),
        1 => Just(Dress::Entity),
        1 => Just(Dress::Accent),
    ]
}

/// One of the wordings, written in one of its forms.
fn written() -> impl Strategy<Value = (usize, String)> {
    let parts =
        (0..WORDINGS.len(), prop::collection::vec(dress(), 40), prop::collection::vec(prop::sample::select(GAPS.to_vec()), 3));
    let twist =
        (any::<bool>(), prop::option::of((1_usize..40, prop::sample::select(HIDDEN.to_vec()))), prop::option::of(2_usize..10));
    (parts, twist).prop_map(|((at, dress, gaps), (plural, hidden, swap))| {
        let mut gaps = gaps.into_iter();
        let mut letters: Vec<String> = Vec::new();
        for (n, c) in WORDINGS[at].chars().enumerate() {
            if c.is_alphanumeric() {
                letters.push(dressed(c, dress[n % dress.len()]));
            } else {
                letters.push(gaps.next().unwrap_or(" ").to_owned());
            }
        }
        // Two letters of the first word change places: one typo.
        if let Some(swap) = swap.filter(|swap| WORDINGS[at].chars().take(swap + 1).all(char::is_alphanumeric)) {
            letters.swap(swap - 1, swap);
        }
        if plural {
            letters.push("s".into());
        }
        if let Some((n, hidden)) = hidden.filter(|(n, _)| *n < letters.len()) {
            letters.insert(n, hidden.to_owned());
        }
        (at, letters.concat())
    })
}

/// Words that spell nothing of a wording, with everything that texts hold between them.
fn around() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "the",
        "pilot",
        "zoë",
        "2026",
        "[x](http://y.z)",
        "<em>",
        "</em>",
        "a < b",
        "\n\n",
        "\n",
        "&amp;",
        "…",
        "“",
        "`code`",
        "漢字",
        "-",
        "# Title\n",
        "| a | b |\n",
        "1. ",
        "<br/>",
    ]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

/// A line of Markdown, with words of which two in one block are a wording.
fn line() -> impl Strategy<Value = String> {
    let begins = prop::sample::select(vec!["", "", "", "- ", "1. ", "> ", "> - ", "# ", "- > "]);
    let words =
        prop::sample::select(vec!["self-serve", "checkout", "self-serve checkout", "the self-serve", "checkout is", "and"]);
    let alone = prop::sample::select(vec![
        "",
        "",
        "---",
        "***",
        "| self-serve | checkout |",
        "> ",
        "\na | b\n--- | ---\nself-serve | checkout",
    ]);
    prop_oneof![
        4 => (begins, words).prop_map(|(begins, words)| format!("{begins}{words}")),
        1 => alone.prop_map(str::to_owned),
    ]
}

/// How often the wording stands in one paragraph, heading, cell or block of code, as GitHub reads the text.
fn in_one_block(markdown: &str) -> usize {
    use comrak::nodes::NodeValue;
    let mut options = comrak::Options::default();
    options.extension.table = true;
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, markdown, &options);
    let mut count = 0;
    for node in root.descendants() {
        let text = match &node.data().value {
            NodeValue::CodeBlock(code) => code.literal.clone(),
            NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::TableCell => {
                let part = |node: comrak::Node<'_>| match &node.data().value {
                    NodeValue::Text(text) => text.to_string(),
                    NodeValue::SoftBreak | NodeValue::LineBreak => "\n".to_owned(),
                    _ => String::new(),
                };
                node.descendants().map(part).collect()
            }
            _ => continue,
        };
        count += text.replace('\n', " ").matches("self-serve checkout").count();
    }
    count
}

fn with_ends(text: &str, end: &str) -> String {
    text.replace('\n', end)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_wording_in_any_form_is_found_where_it_stands((at, wording) in written(), before in around(), after in around()) {
        let text = format!("{before} ({wording}) {after}");
        let found = guard().find(&text, Markup::Text);
        prop_assert_eq!(found.len(), 1, "{:?}", text);
        prop_assert_eq!(found[0].blocked, at);
        let start = before.len() + 2;
        prop_assert_eq!(found[0].start, start, "{:?}", text);
        let rest = &text[found[0].end..start + wording.len()];
        prop_assert!(rest.is_empty() || rest.chars().all(|c| !c.is_alphanumeric()) || rest == "&shy;", "{:?} is left of {:?}", rest, text);
    }

    #[test]
    fn a_wording_is_found_in_one_block_and_not_across_two(lines in prop::collection::vec(line(), 1..8)) {
        let text = lines.join("\n");
        let found = guard().find(&text, Markup::Text).len();
        prop_assert_eq!(found, in_one_block(&text), "{:?}", text);
    }

    #[test]
    fn allowed_wording_is_never_found(parts in prop::collection::vec((around(), prop::sample::select(ALLOWED.to_vec()), any::<bool>()), 1..4)) {
        let text: Vec<String> = parts
            .into_iter()
            .map(|(around, allowed, loud)| format!("{around} {}", if loud { allowed.to_uppercase() } else { allowed.to_owned() }))
            .collect();
        prop_assert_eq!(guard().find(&text.join("; "), Markup::Text), []);
    }

    #[test]
    fn every_end_of_line_gives_the_same_places((_, wording) in written(), before in around(), after in around()) {
        let text = format!("{before}\nx {wording}\n{after}");
        let of = |end: &str| {
            let text = with_ends(&text, end);
            let mut place = places(&text);
            guard().find(&text, Markup::Text).iter().map(|one| (one.blocked, place(one.start), place(one.end))).collect::<Vec<_>>()
        };
        let unix = of("\n");
        prop_assert!(!unix.is_empty());
        prop_assert_eq!(&of("\r\n"), &unix);
        prop_assert_eq!(&of("\r"), &unix);
    }

    #[test]
    fn no_text_at_all_is_too_odd(text in "\\PC{0,200}", html in any::<bool>()) {
        let markup = if html { Markup::Html } else { Markup::Text };
        for found in guard().find(&text, markup) {
            prop_assert!(text.get(found.start..found.end).is_some());
        }
    }
}

use super::*;

fn guard(claims: &[&str], allowed: &[&str], prose: &[&str]) -> Guard {
    let blocked: Vec<Blocked> = claims.iter().map(|claim| one(claim)).collect();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Guard::new(&blocked, &texts(allowed), &texts(prose))
}

fn one(claim: &str) -> Blocked {
    Blocked {
        claim: claim.into(),
        also: Vec::new(),
        unlocked_by: "self-serve".into(),
        instead: "Managed rollout".into(),
        because: vec![Because::Gate("self-serve".into())],
    }
}

fn found(claim: &str, text: &str) -> Vec<String> {
    let guard = guard(&[claim], &[], &[]);
    guard.find(text, Markup::Text).iter().map(|found| text[found.start..found.end].to_owned()).collect()
}

#[test]
fn a_family_of_the_wording_is_found_however_it_is_written() {
    for text in [
        "SELF-SERVE CHECKOUT",
        "self serve checkouts",
        "selfserve check-out",
        "selfservecheckout",
        "self\u{2011}serve checkout",
        "self\u{2014}serve checkout",
        "self-serve™ checkout",
        "self-serve¹ checkout²",
        "self-serve[^1] checkout",
        "self-serve<sup>12</sup> checkout",
        "> self\n> serve checkout",
        "> self\nserve checkout",
        "- self-serve\n  checkout",
        "- self-serve\ncheckout",
        "self-serve<br>\ncheckout",
        "| a | b |\n\nself-serve\ncheckout",
        "a | b\n--- | ---\na | b\n\nself-serve\ncheckout",
        "self-serve check-\r\nout",
        "**self**-serve *checkout*",
        "self-serve **check**out",
        "[self-serve](http://x.y/z) checkout",
        "[self-serve][ref] checkout",
        "![self-serve](a.png \"A title\") checkout",
        "<b>self</b>-serve&nbsp;checkout",
        "self-serve chekout",
        "self-serve che\u{ad}ckout",
        "self-ser\u{200b}ve checkout",
        "self-serve\u{2028}checkout",
        "ｓｅｌｆ-serve checkout",
        "𝐬𝐞𝐥𝐟-serve checkout",
        "sеlf-sеrvе сhесkоut",
        "sélf-serve checkout",
        "se\u{301}lf-serve checkout",
        "self-serve che&shy;ckout",
        "&#115;elf-serve ch&#x65;ckout",
        "self-serve chekcout",
        "sefl-serve checkout",
        "selfserve checkot",
        "self-serve's checkout",
        "self_serve_checkout",
        "| a | self-serve checkout |",
        "self-serve | checkout",
        "(self-serve) \"checkout\"",
    ] {
        assert_eq!(found("Self-serve checkout", text).len(), 1, "{text:?}");
    }
}

#[test]
fn other_words_and_words_across_sentences_are_not_found() {
    for text in [
        "",
        "self checkout",
        "Serve yourself. Checkout",
        "do it self. Serve checkout",
        "self\n\nserve checkout",
        "self\r\n\r\nserve checkout",
        "<p>self-serve</p><p>checkout</p>",
        "self-serve. Checkout",
        "herself serve checkout",
        "self-serve checkoutery",
        "<!-- self-serve checkout -->",
        "<style>self-serve checkout</style>",
    ] {
        assert_eq!(found("Self-serve checkout", text), [""; 0], "{text:?}");
    }
}

#[test]
fn words_of_two_blocks_are_not_found() {
    for text in [
        "- self-serve\n- checkout",
        "* self-serve\n  * checkout",
        "+ self-serve\n\n+ checkout",
        "1. self-serve\n2. checkout",
        "9) self-serve\r\n10) checkout",
        "> - self-serve\n> - checkout",
        "- [ ] self-serve\n- [x] checkout",
        "2.1 self-serve\n2.2 checkout",
        "(a) self-serve\n(b) checkout",
        "term\n: self-serve\n: checkout",
        "• self-serve\n• checkout",
        "self-serve\n- checkout",
        "self-serve\n> checkout",
        "> self-serve\n>> checkout",
        "> self-serve\n>\n> checkout",
        "# Self-serve\ncheckout",
        "self-serve\n## Checkout",
        "Self-serve\n===\ncheckout",
        "Self-serve\n---\ncheckout",
        "self-serve\n* * *\ncheckout",
        "```self-serve\ncheckout\n```",
        "self-serve\n```\ncheckout",
        "| self-serve | checkout |",
        "| a | self-serve |\n| checkout | b |",
        "self-serve | checkout\n--- | ---\na | b",
        "a | b\n--- | ---\nself-serve | checkout",
        "a | b\n--- | ---\na | self-serve\ncheckout",
        "| self-serve |\ncheckout",
        "self-serve\n| checkout |",
        "<ul><li>self-serve<li>checkout</ul>",
        "<ul>\n<li>self-serve</li>\n<li>checkout</li>\n</ul>",
        "<table><tr><td>self-serve</td><td>checkout</td></tr></table>",
        "<tr><th>self-serve<th>checkout",
        "<dl><dt>self-serve<dd>checkout</dl>",
        "<div>self-serve</div>checkout",
        "self-serve<p>checkout",
        "<h2>self-serve</h2> checkout",
        "<button>self-serve</button> <button>checkout</button>",
        "self-serve<br><br>checkout",
        "<select><option>self-serve<option>checkout</select>",
        "self-serve\u{2028}\u{2028}checkout",
    ] {
        assert_eq!(found("Self-serve checkout", text), [""; 0], "{text:?}");
    }
}

#[test]
fn a_page_knows_blocks_by_its_tags_alone() {
    let guard = guard(&["Self-serve checkout"], &[], &[]);
    let count = |text: &str| guard.find(text, Markup::Html).len();
    for text in [
        "<p>self-serve\n\n\ncheckout</p>",
        "<p>self-serve\n- checkout",
        "self-serve\n> checkout",
        "<p>self-serve | checkout",
        "<p># self-serve\ncheckout",
        "self-serve<br>checkout",
        "<li>self-serve <i>checkout</i>",
        "<x-a>self-serve</x-a> <x-b>checkout</x-b>",
    ] {
        assert_eq!(count(text), 1, "{text:?}");
    }
    for text in ["<pre>self-serve\n\ncheckout</pre>", "<td>self-serve\n<td>checkout", "<LI>self-serve</LI><LI>checkout"] {
        assert_eq!(count(text), 0, "{text:?}");
    }
    assert_eq!(count("<pre>a</pre> self-serve\n\ncheckout"), 1);
}

#[test]
fn plurals_of_every_kind_are_the_same_wording() {
    for (claim, text) in [
        ("open policy", "open policies"),
        ("open policies", "Open policy"),
        ("live batch", "live batches"),
        ("HRIS automation", "HRIS automations"),
        ("external certifications", "external certification"),
        ("full process", "full processes"),
    ] {
        assert_eq!(found(claim, text).len(), 1, "{claim:?} in {text:?}");
    }
}

#[test]
fn joined_names_are_found_with_what_people_put_between_them() {
    for text in
        ["unbounded SSO/SCIM", "unbounded SSO and SCIM", "unbounded SSO & SCIM", "unbounded SSO or SCIM", "unbounded SSO, SCIM"]
    {
        assert_eq!(found("Unbounded SSO/SCIM", text).len(), 1, "{text:?}");
    }
}

#[test]
fn a_digit_is_no_typo_and_a_short_wording_has_none() {
    assert_eq!(found("Phase 1 rollout plan", "the phase 2 rollout plan"), [""; 0]);
    assert_eq!(found("live data", "life data"), [""; 0]);
    assert_eq!(found("Unscoped enterprise automation", "scoped enterprise automation"), [""; 0]);
}

#[test]
fn a_whole_allowed_sentence_is_never_found() {
    let guard = guard(
        &["Self-serve checkout"],
        &["No self-serve checkout yet"],
        &["Self-serve checkout.", "We sell without self-serve checkout."],
    );
    let count = |text: &str| guard.find(text, Markup::Text).len();
    assert_eq!(count("We have no self-serve checkout yet."), 0);
    assert_eq!(count("we sell, without **self-serve** checkout"), 0);
    assert_eq!(count("We have self-serve checkout."), 1);
    assert_eq!(count("Self-serve checkout."), 1, "prose that is the wording itself frees nothing");
    assert_eq!(count("No self-serve checkout yet; self-serve checkout soon"), 1);
}

#[test]
fn one_place_is_found_once_by_the_longest_wording() {
    let guard = guard(&["Self-serve checkout", "Public self-serve checkout", "checkout automation"], &[], &[]);
    let found = |text: &str| -> Vec<usize> { guard.find(text, Markup::Text).iter().map(|one| one.blocked).collect() };
    assert_eq!(found("public self-serve checkout"), [1]);
    assert_eq!(found("a self-serve checkout"), [0]);
    assert_eq!(found("self-serve checkout automation"), [0, 2], "two that share a word are two");
    assert_eq!(found("s self-serve checkout s"), [0]);
}

#[test]
fn what_a_page_shows_in_attributes_is_read_and_what_it_hides_is_not() {
    let guard = guard(&["Self-serve checkout"], &[], &[]);
    let count = |text: &str| guard.find(text, Markup::Html).len();
    assert_eq!(count("<img src=x.png alt=\"self-serve checkout\">"), 1);
    assert_eq!(count("<meta name=description content='Self-serve checkout'>"), 1);
    assert_eq!(count("<a href=\"/self-serve-checkout\" data-x='self-serve checkout'>more</a>"), 0);
    assert_eq!(count("<self-serve checkout>"), 0);
    assert_eq!(guard.find("if a <self-serve checkout>", Markup::Text).len(), 1);
    assert_eq!(count("<script>let x = 'self-serve checkout'</script>"), 0);
}

#[test]
fn places_count_characters_and_every_end_of_line() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("eins{end}zwöi self-serve{end}checkout, self-serve checkout");
        let mut place = places(&text);
        let guard = guard(&["Self-serve checkout"], &[], &[]);
        let at: Vec<(usize, usize)> =
            guard.find(&text, Markup::Text).iter().map(|one| place(one.start)).map(|at| (at.line, at.column)).collect();
        assert_eq!(at, [(2, 6), (3, 11)], "{end:?}");
    }
}

#[test]
fn hostile_markup_is_read_in_one_walk() {
    for piece in [
        "<", "<a ", "<a \"", "<!--", "<script>", "&", "](", "][", "[^", "<sup>1", "> 1. ", "\u{200b}", "'", "|", "-", "#",
        "\u{2028}", "1.",
    ] {
        let text = piece.repeat(100_000);
        for markup in [Markup::Html, Markup::Text] {
            assert_eq!(guard(&["Self-serve checkout"], &[], &[]).find(&text, markup), []);
        }
    }
}

#[test]
fn what_was_learned_of_one_word_is_not_taken_for_another() {
    let guard = guard(&["Self-serve checkout", "Self-serve billing"], &[], &[]);
    // More words than are remembered, between places that are the same and places that are not.
    let line = |n: usize| format!("w{n} self-serve {} x{n}. ", ["checkout", "billing", "chekout", "b"][n % 4]);
    let words = (0..40_000).map(line).collect::<Vec<_>>().concat();
    let found = guard.find(&words, Markup::Text);
    assert_eq!(found.len(), 30_000);
    assert!(found.iter().enumerate().all(|(n, one)| one.blocked == usize::from(n % 3 == 1)));
    let long = "a".repeat(30);
    assert_eq!(guard.find(&format!("{long} self-serve checkout {long}"), Markup::Text).len(), 1);
}

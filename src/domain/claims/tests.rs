use super::*;

fn blocked() -> Vec<Blocked> {
    vec![Blocked { claim: "Self-serve checkout".into(), unlocked_by: "self-serve".into(), instead: "Managed rollout".into() }]
}

#[test]
fn a_family_of_the_wording_is_found_however_it_is_written() {
    for text in [
        "SELF-SERVE CHECKOUT",
        "self serve checkouts",
        "selfserve check-out",
        "self\u{2011}serve checkout",
        "self\n> serve checkout",
        "**self**-serve *checkout*",
        "[self-serve](http://x.y/z) checkout",
        "<b>self</b>-serve&nbsp;checkout",
        "self-serve chekout",
        "self-serve che\u{ad}ckout",
        "self-ser\u{200b}ve checkout",
        "ｓｅｌｆ-serve checkout",
        "self-serve che&shy;ckout",
        "self-serve chekcout",
    ] {
        assert_eq!(find(text, &blocked(), &[]).len(), 1, "{text:?}");
    }
}

#[test]
fn other_words_and_words_across_sentences_are_not_found() {
    for text in ["", "self checkout", "Serve yourself. Checkout", "do it self. Serve checkout", "self\n\nserve checkout"] {
        assert_eq!(find(text, &blocked(), &[]), [], "{text:?}");
    }
}

#[test]
fn a_whole_allowed_sentence_is_never_found() {
    let allowed = ["No self-serve checkout yet".to_owned()];
    assert_eq!(find("We have no self-serve checkout yet.", &blocked(), &allowed), []);
    assert_eq!(find("We have self-serve checkout.", &blocked(), &allowed).len(), 1);
}

#[test]
fn a_place_counts_characters_from_one() {
    let text = "eins\nzwöi self-serve checkout";
    let found = find(text, &blocked(), &[]);
    assert_eq!(found.first().map(|one| place(text, one.start)), Some((2, 6)));
    assert_eq!(found.first().map(|one| &text[one.start..one.end]), Some("self-serve checkout"));
}

//! What looks like a secret: not stored, or masked, and in either case said.

use crate::desk::Desk;

/// Made of pieces, so that no file of this project holds anything that looks like a key.
fn key() -> String {
    ["sk_li", "ve_51H8xQeKJ2aZvBnMwRtYuIoPa", "SdFgHjKl"].concat()
}

#[test]
fn a_secret_is_not_set_and_the_rule_that_found_it_is_named() {
    let desk = Desk::with_room();
    let before = desk.read("launchroom.toml");
    let key = key();
    for command in [
        &["set", "retention", &key] as &[&str],
        &["set", "modules", "credentials", &key],
        &["assign", "tenant-owner", "--name", "Mara Lindt", "--evidence", &key],
        &["dependency", "accept", "stripe", "--treatment", "invoice", "--order-form", &key],
        &["dependency", "changed", "stripe", "--what", &key],
    ] {
        let told = desk.run(command);
        assert_eq!(told.code, 4, "{command:?} {told:?}");
        assert!(told.err.contains("stripe-key") && !told.err.contains(&key), "{command:?} {told:?}");
    }
    assert_eq!(desk.read("launchroom.toml"), before);
}

#[test]
fn what_was_masked_in_a_document_is_said_by_rule() {
    let desk = Desk::with_room();
    desk.write("invoice.txt", format!("paid with {} and {}\n", key(), key()));
    let told = desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
    assert!(told.err.contains("masked before it was kept: stripe-key 2"), "{told:?}");
    assert!(!told.err.contains("could not be searched"), "{told:?}");
}

#[test]
fn a_document_that_is_no_text_is_said_not_to_be_searched() {
    let desk = Desk::with_room();
    desk.write("invoice.pdf", b"%PDF-1.7 packed");
    let told = desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.pdf"]);
    assert!(told.err.contains("invoice.pdf") && told.err.contains("could not be searched for secrets"), "{told:?}");
}

#[test]
fn an_empty_file_shows_nothing() {
    let desk = Desk::with_room();
    for nothing in ["", "\n \n"] {
        desk.write("invoice.txt", nothing);
        let told = desk.run(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
        assert_eq!(told.code, 4, "{told:?}");
        assert!(told.err.contains("holds nothing"), "{told:?}");
    }
}

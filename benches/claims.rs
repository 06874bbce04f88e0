//! How fast texts are looked through for wording that may not be used. Aim: 50 MB/s of text on one core.

#![allow(clippy::unwrap_used)] // a bench may stop where it stands

use divan::{Bencher, black_box, counter::BytesCount};
use launchroom::domain::claims::{Because, Blocked, Guard, Markup};
use launchroom::format::plan_toml;

fn main() {
    divan::main();
}

/// Everything that the plan blocks, as for a room in which nothing is clear.
fn guard() -> Guard {
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap();
    let claims = plan.claims.iter().flat_map(|claim| claim.wording.iter().chain(&claim.also));
    let locks = plan.activation.iter().flat_map(|group| &group.locks);
    let blocked: Vec<Blocked> = claims
        .chain(locks)
        .map(|claim| Blocked {
            claim: claim.clone(),
            also: Vec::new(),
            unlocked_by: "self-serve".into(),
            instead: String::new(),
            because: vec![Because::Gate("self-serve".into())],
        })
        .collect();
    let allowed: Vec<String> = plan.motions.iter().flat_map(|motion| motion.allowed.clone()).collect();
    Guard::new(&blocked, &allowed, &plan.boundaries)
}

const PARAGRAPH: &str = "The pilot begins with a managed rollout for one cohort, and both sides agree on scope, owners and billing \
    before anything is enabled. Support is answered by hand from a shared mailbox; status messages follow within one working day.\n\
    **Enterprise** customers keep their own identity provider, and `broad` questions about [self-service](https://x.test/a) wait.\n\n";

#[divan::bench(sample_count = 20)]
fn plain_text_16_mb(bencher: Bencher) {
    let (guard, text) = (guard(), PARAGRAPH.repeat((16 << 20) / PARAGRAPH.len()));
    bencher.counter(BytesCount::new(text.len())).bench(|| guard.find(black_box(&text), Markup::Text));
}

#[divan::bench(sample_count = 20)]
fn html_16_mb(bencher: Bencher) {
    let page =
        format!("<div class=\"a b\"><p>{PARAGRAPH}</p><img alt=\"a chart\" src=\"x.png\">&nbsp;&ndash; <b>bold</b></div>\n");
    let (guard, text) = (guard(), page.repeat((16 << 20) / page.len()));
    bencher.counter(BytesCount::new(text.len())).bench(|| guard.find(black_box(&text), Markup::Html));
}

#[divan::bench(sample_count = 20)]
fn accented_text_16_mb(bencher: Bencher) {
    let line = "Die Einführung läuft über eine Kohorte — für größere Kunden gäbe es später mehr, müßte man prüfen “später”.\n";
    let (guard, text) = (guard(), line.repeat((16 << 20) / line.len()));
    bencher.counter(BytesCount::new(text.len())).bench(|| guard.find(black_box(&text), Markup::Text));
}

#[divan::bench(sample_count = 20)]
fn nothing_but_findings_4_mb(bencher: Bencher) {
    let line = "Broad enterprise automation, self-serve checkouts and unbounded SSO/SCIM. ";
    let (guard, text) = (guard(), line.repeat((4 << 20) / line.len()));
    bencher.counter(BytesCount::new(text.len())).bench(|| guard.find(black_box(&text), Markup::Text));
}

/// Text of the plan's own words that never come to a wording: the first word of each, then the first two, and so on.
#[divan::bench(sample_count = 20)]
fn nothing_but_beginnings_16_mb(bencher: Bencher) {
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap();
    let wordings: Vec<Vec<&str>> = plan
        .claims
        .iter()
        .flat_map(|claim| claim.wording.iter().chain(&claim.also))
        .map(|text| text.split(' ').collect())
        .collect();
    let mut line = String::new();
    for count in 1..4 {
        for wording in wordings.iter().filter(|wording| wording.len() > count) {
            line.push_str(&wording[..count].join(" "));
            line.push(' ');
        }
    }
    let (guard, text) = (guard(), line.repeat((16 << 20) / line.len()));
    bencher.counter(BytesCount::new(text.len())).bench(|| guard.find(black_box(&text), Markup::Text));
}

/// Words of which no two are the same, and all begin as the wordings do: nothing that was learned is of use.
#[divan::bench(sample_count = 20)]
fn no_word_twice_16_mb(bencher: Bencher) {
    let begins = ["self", "broad", "enter", "offi", "auto", "exter", "publ", "unbo"];
    let words = (0..).map(|n: usize| format!("{}{} ", begins[n % begins.len()], n.wrapping_mul(2_654_435_761) % 99_999_989));
    let mut text = String::new();
    for (at, word) in words.enumerate().take_while(|(at, _)| *at < (16 << 20) / 13) {
        text.push_str(&word);
        text.push_str(if at % 12 == 11 { ".\n" } else { "" });
    }
    let guard = guard();
    bencher.counter(BytesCount::new(text.len())).bench(|| guard.find(black_box(&text), Markup::Text));
}

/// The wordings, each time with another letter wrong.
#[divan::bench(sample_count = 20)]
fn nothing_but_near_twins_4_mb(bencher: Bencher) {
    let wordings = ["Broad enterprise automation", "Self-serve checkout", "Official issuer automation", "Unbounded SSO and SCIM"];
    let mut text = String::new();
    for n in 0.. {
        let mut letters: Vec<char> = wordings[n % wordings.len()].chars().collect();
        let at = 1 + n / wordings.len() % (letters.len() - 2);
        letters.swap(at, at + 1);
        text.extend(letters);
        text.push_str(", ");
        if text.len() > 4 << 20 {
            break;
        }
    }
    let guard = guard();
    bencher.counter(BytesCount::new(text.len())).bench(|| guard.find(black_box(&text), Markup::Text));
}

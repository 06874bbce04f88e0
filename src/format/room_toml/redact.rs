//! `[[redact]]`: what a room adds to the secrets that every room knows. It can add, and nothing else.

use crate::domain::redact::Added;
use crate::format::diagnose::{Problem, quoted};
use crate::format::redact_toml;
use crate::format::table::{At, Table};
use regex::bytes::{Regex, RegexBuilder};

/// More rules than this would slow down every run.
const MOST: usize = 50;
const LONGEST: usize = 400;
/// What a compiled pattern may take.
const LARGEST: usize = 1 << 20;
/// A rule that finds something in these would leave nothing of the output to read.
const PLAIN: [&str; 4] = ["12 of 12 checks passed", "launch room: ok", "2026-11-19 09:14:00 started", "\tdone."];

/// The rules of the room. Each is tried on its own samples, so one that finds nothing is not found out by a leak.
pub fn added(room: &Table<'_>) -> Vec<Added> {
    let mut all: Vec<Added> = Vec::new();
    for table in room.tables("redact", "[[redact]]") {
        let name = id(&table, &all);
        let rule = rule(&table, name);
        table.finish();
        if all.len() >= MOST {
            table.problem(&table.span(), format!("more than {MOST} rules for redaction"));
            break;
        }
        all.extend(rule);
    }
    all
}

fn id(table: &Table<'_>, before: &[Added]) -> Option<String> {
    let id = table.text("id");
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let problem = if id.value.is_empty() || id.value.len() > 40 || !id.value.bytes().all(fits) {
        Problem::new(id.span, format!("{} is no name for a rule", quoted(&id.value))).help("1 to 40 of a-z, 0-9 and -")
    } else if redact_toml::is_known(&id.value) {
        let problem = Problem::new(id.span, format!("{} is a rule that every room has", quoted(&id.value)));
        problem.help("a room adds rules beside those; give this one a name of its own")
    } else if before.iter().any(|one| one.id == id.value) {
        Problem::new(id.span, format!("there are two rules {}", quoted(&id.value))).help("give each a name of its own")
    } else {
        return Some(id.value);
    };
    table.problems().add(problem);
    None
}

fn rule(table: &Table<'_>, id: Option<String>) -> Option<Added> {
    let (keyword, pattern) = (table.text_if("keyword"), table.text_if("pattern"));
    let (samples, keep) = (samples(table), table.texts_if("keep").map(|keep| keep.value).unwrap_or_default());
    if keyword.is_none() && pattern.is_none() {
        let problem = Problem::new(table.span(), "[[redact]] has neither `keyword` nor `pattern`");
        table.problems().add(problem.help("keyword = \"nwl_key_\" masks that and the rest of its word"));
        return None;
    }
    let keyword_fits = keyword.as_ref().is_none_or(|keyword| is_keyword(table, keyword));
    let pattern_fits = pattern.as_ref().is_none_or(|pattern| is_pattern(table, pattern));
    if !keyword_fits || !pattern_fits {
        return None;
    }
    let said = pattern.as_ref().or(keyword.as_ref())?.span.clone();
    let word = keyword.map(|keyword| keyword.value);
    let rule = Added { id: id?, keyword: word, pattern: pattern.map(|pattern| pattern.value) };
    let compiled = rule.rule();
    let finds = compiled.regex()?;
    if let Some(plain) = PLAIN.iter().find(|plain| finds.is_match(plain.as_bytes())) {
        let problem = Problem::new(said, format!("this would mask plain text, such as {}", quoted(plain)));
        table.problems().add(problem.help("say more of what only the secret looks like"));
    }
    for sample in &samples {
        check_sample(table, &rule, finds, sample);
    }
    for sample in keep.iter().filter(|sample| finds.is_match(sample.value.as_bytes())) {
        let problem = Problem::new(sample.span.clone(), "this is to be kept, and the rule masks a part of it");
        table.problems().add(problem);
    }
    Some(rule)
}

/// One text or several; at least one.
fn samples(table: &Table<'_>) -> Vec<At<String>> {
    let several = table.value("sample").is_some_and(|value| value.get_ref().as_array().is_some());
    let samples: Vec<At<String>> = if several { table.texts("sample") } else { table.text_if("sample").into_iter().collect() };
    if samples.iter().all(|sample| sample.value.trim().is_empty()) {
        let problem = Problem::new(table.span(), "[[redact]] has no `sample`");
        table.problems().add(problem.help("add a made-up one, so that the rule is tried: sample = \"nwl_key_0000made0up0000\""));
    }
    samples
}

fn check_sample(table: &Table<'_>, rule: &Added, finds: &Regex, sample: &At<String>) {
    let Some(found) = finds.find(sample.value.as_bytes()) else {
        let problem = Problem::new(sample.span.clone(), "the rule does not find its own sample");
        return table.problems().add(problem);
    };
    let holds = |word: &str| String::from_utf8_lossy(found.as_bytes()).to_lowercase().contains(&word.to_lowercase());
    if rule.keyword.as_deref().is_some_and(|word| !holds(word)) {
        let problem = Problem::new(sample.span.clone(), "what the pattern finds in the sample does not hold the keyword");
        table.problems().add(problem.help("the keyword says where to look: it has to be in every text that the pattern finds"));
    }
}

fn is_keyword(table: &Table<'_>, keyword: &At<String>) -> bool {
    let fits = (3..=64).contains(&keyword.value.len()) && !keyword.value.chars().any(|c| c.is_control() || c.is_whitespace());
    if !fits {
        let problem = Problem::new(keyword.span.clone(), format!("{} is no keyword", quoted(&keyword.value)));
        table.problems().add(problem.help("3 to 64 characters without a space"));
    }
    fits
}

fn is_pattern(table: &Table<'_>, pattern: &At<String>) -> bool {
    let built = RegexBuilder::new(&pattern.value).size_limit(LARGEST).build();
    let why = match built {
        _ if pattern.value.len() > LONGEST => format!("it is longer than {LONGEST} characters"),
        _ if [r"\A", r"\z"].iter().any(|edge| pattern.value.contains(edge)) => {
            r"output comes in lines: write ^ and $ for \A and \z".to_owned()
        }
        Err(regex::Error::CompiledTooBig(_)) => "it is too large once compiled: repeat less".to_owned(),
        // The parser's text is a drawing of several lines; its last one says what is wrong.
        Err(error) => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        Ok(regex) if regex.is_match(b"") => "it finds a text without a character".to_owned(),
        Ok(_) => return true,
    };
    table.problems().add(Problem::new(pattern.span.clone(), "this pattern cannot be used").help(why));
    false
}

#[cfg(test)]
mod tests {
    use crate::domain::{plan::Plan, redact::Redactor};
    use crate::format::{plan_toml, redact_toml, room_toml};
    use std::sync::Arc;

    fn plan() -> Arc<Plan> {
        plan_toml::shared(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap()
    }

    fn read(rules: &str) -> Result<crate::domain::room::Room, String> {
        let room = "schema = 1\nplan = \"first-customer\"\n[tenant]\nid = \"x\"\nname = \"X\"\nkickoff = 2026-11-02\n";
        room_toml::parse(&format!("{room}{rules}"), "room.toml", &plan()).map_err(|told| told.render())
    }

    #[test]
    fn a_room_adds_by_keyword_and_by_pattern_however_the_output_comes() {
        let room = read(
            "[[redact]]\nid = \"nwl-key\"\nkeyword = \"nwl_key_\"\nsample = \"nwl_key_1\"\n[[redact]]\nid = \"badge\"\npattern = '^B-[0-9]{6}$'\nsample = [\"B-123456\"]\nkeep = [\"B-12\"]\n",
        );
        let fresh = Redactor::new(redact_toml::rules_with(&room.unwrap().redact), &[]);
        let text = b"a NWL_KEY_zz9 b\nB-123456\r\nx B-123456\nB-654321\n";
        let expected = "a ⟨redacted:nwl-key⟩ b\n⟨redacted:badge⟩\r\nx B-123456\n⟨redacted:badge⟩\n";
        for size in [1, 2, 3, 7, 64] {
            let (mut redactor, mut out) = (fresh.another(), Vec::new());
            text.chunks(size).for_each(|piece| redactor.feed(piece, &mut out));
            redactor.finish(&mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn a_rule_that_cannot_be_used_is_told_where_it_stands() {
        for (rules, told) in [
            ("id = \"stripe-key\"\nkeyword = \"abc\"\nsample = \"abcd\"", ":8:6: `stripe-key` is a rule that every room has"),
            ("id = \"A b\"\nkeyword = \"abc\"\nsample = \"abcd\"", ":8:6: `A b` is no name for a rule"),
            ("id = \"a\"\nsample = \"abcd\"", "neither `keyword` nor `pattern`"),
            ("id = \"a\"\nkeyword = \"abc\"", "has no `sample`"),
            ("id = \"a\"\nkeyword = \"abc\"\nsample = \"xyz\"", ":10:10: the rule does not find its own sample"),
            ("id = \"a\"\nkeyword = \"a\"\nsample = \"ab\"", ":9:11: `a` is no keyword"),
            ("id = \"a\"\npattern = '(x'\nsample = \"x\"", ":9:11: this pattern cannot be used"),
            ("id = \"a\"\npattern = 'x*'\nsample = \"x\"", "without a character"),
            ("id = \"a\"\npattern = '.+'\nsample = \"x\"", "would mask plain text"),
            ("id = \"a\"\npattern = '(\\w{90}){90}'\nsample = \"x\"", "too large"),
            ("id = \"a\"\npattern = 'x9'\nkeyword = \"yyy\"\nsample = \"x9\"", "does not hold the keyword"),
            ("id = \"a\"\npattern = 'x9'\nsample = \"x9\"\nkeep = [\"ax9\"]", "is to be kept"),
            ("id = \"a\"\npattern = 'x9'\nsample = \"x9\"\noff = true", "off"),
        ] {
            let shown = read(&format!("[[redact]]\n{rules}\n")).unwrap_err();
            assert!(shown.contains(told), "{rules}: {shown}");
        }
    }
}

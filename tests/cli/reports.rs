//! Reports for machines, read back by real readers: what a room says stays text, whatever it is made of.

use crate::desk::Desk;
use comrak::nodes::NodeValue;
use quick_xml::events::Event;
use std::collections::BTreeMap;

/// Marks of XML and of Markdown, links that make themselves, and what hides, reorders or is no character at all.
const HOSTILE: &[&str] = &[
    "</failure></testcase> ]]> <!-- & &amp; \"q\" 'a' <![CDATA[",
    "# *a* _b_ `c` ``d`` [e](https://evil.test) ![f](https://evil.test/g.png) <img src=x onerror=1> ~~h~~ | i | \\| $j$",
    "@octocat please see #12, GH-7, org/repo#3, https://evil.test, www.evil.test, mailto:a@evil.test, a@evil.test",
    "1. one\\ + two = three -",
    "\u{202e}gpj.evil\u{2066} \u{200b}\u{feff}\u{2060} e\u{301}\u{301}\u{301}\u{301} \u{fffe}\u{ffff}\u{fdd0}",
    "日本語 \u{202e} العربية 👩\u{200d}🚀 \u{10ffff}",
];

fn hostile_room() -> Desk {
    let desk = Desk::with_room();
    let all = HOSTILE.join(" ");
    desk.write(
        "launchroom.toml",
        desk.read("launchroom.toml").replace("Northwind Logistics", &all.replace('\\', "\\\\").replace('"', "\\\"")),
    );
    for (role, text) in ["executive-sponsor", "tenant-owner", "implementation-owner", "billing-owner"].iter().zip(HOSTILE) {
        desk.ok(&["assign", role, "--name", text]);
    }
    desk.ok(&["assign", "finance", "--name", HOSTILE[4]]);
    desk.ok(&["assign", "operator", "--name", HOSTILE[5]]);
    for text in HOSTILE {
        let until = ["--until", "2099-01-31", "--reference", text];
        let excluded = ["exclude", "paid-beta/issuer", "--wording", text, "--signed-by", text, "--approved-by", text];
        desk.ok(&[&excluded[..], &until].concat());
        desk.ok(&["decide", "--stage", "hold", "--outcome", "deferred", "--customer", text, "--operator", text]);
    }
    desk
}

/// Name, attributes and text.
type Element = (String, BTreeMap<String, String>, String);

/// Every element, in order, as an XML reader sees them.
fn elements(xml: &str) -> Vec<Element> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut out, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap_or_else(|wrong| panic!("{wrong} at {}", reader.buffer_position()));
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let name = String::from_utf8_lossy(start.name().as_ref().as_ref()).into_owned();
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let key = String::from_utf8_lossy(attribute.key.as_ref().as_ref()).into_owned();
                    (key, attribute.normalized_value(quick_xml::XmlVersion::default()).unwrap().into_owned())
                });
                out.push((name, attributes.collect(), String::new()));
                if matches!(event, Event::Start(_)) {
                    open.push(out.len() - 1);
                }
            }
            Event::End(_) => drop(open.pop().unwrap()),
            Event::Text(text) => {
                if let Some(at) = open.last() {
                    out[*at].2.push_str(text);
                }
            }
            Event::GeneralRef(reference) => {
                let named = quick_xml::escape::resolve_predefined_entity(reference);
                let at = *open.last().unwrap();
                match reference.resolve_char_ref().unwrap() {
                    Some(c) => out[at].2.push(c),
                    None => out[at].2.push_str(named.unwrap_or_else(|| panic!("&{};", &**reference))),
                }
            }
            Event::Eof => break,
            Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => panic!("{event:?}"),
            Event::Decl(_) => {}
        }
    }
    assert!(open.is_empty());
    out
}

/// What XML 1.0 lets into a document, and what a person can see.
fn is_character(c: char) -> bool {
    matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..) && c != '\u{202e}' && c != '\u{200b}'
}

#[test]
fn junit_is_xml_and_every_text_of_the_room_comes_out_of_it_as_text() {
    let desk = hostile_room();
    let told = desk.run(&["review", "--format", "junit"]);
    assert_eq!(told.code, 1);
    assert!(told.out.chars().all(is_character), "{:?}", told.out.chars().find(|c| !is_character(*c)));
    let all = elements(&told.out);
    let json = desk.json(&["review", "--format", "json"]);
    let gates: Vec<_> = json["gates"].as_array().unwrap().iter().filter(|gate| gate["outside"] == false).collect();
    let suites: Vec<_> = all.iter().filter(|(name, ..)| name == "testsuite").collect();
    assert_eq!(suites.len(), gates.len());
    for (gate, (_, suite, _)) in gates.iter().zip(&suites) {
        let states = gate["requirements"].as_array().unwrap();
        let count = |wanted: &[&str]| states.iter().filter(|one| wanted.contains(&one["status"].as_str().unwrap())).count();
        assert_eq!((suite["name"].as_str(), &suite["tests"]), (gate["id"].as_str().unwrap(), &states.len().to_string()));
        assert_eq!(suite["failures"], count(&["unmet", "stale", "unverified"]).to_string());
        assert_eq!(suite["skipped"], count(&["excluded"]).to_string());
    }
    let cases = all.iter().filter(|(name, ..)| name == "testcase").count();
    assert_eq!(cases, gates.iter().map(|gate| gate["requirements"].as_array().unwrap().len()).sum::<usize>());
    let failures: Vec<_> = all.iter().filter(|(name, ..)| name == "failure").collect();
    assert!(failures.iter().all(|(_, attributes, text)| !attributes["message"].is_empty() && text.contains("\nOwner: ")));
    // The texts as they were typed, where nothing in them hides.
    for text in &HOSTILE[..4] {
        let property = |(name, attributes, _): &&Element| name == "property" && attributes["value"].contains(text);
        assert!(all.iter().any(|element| property(&element)), "{text}");
    }
    let exclusions =
        all.iter().filter(|(name, attributes, _)| name == "property" && attributes["name"].starts_with("exclusion X"));
    assert_eq!(exclusions.count(), HOSTILE.len());
}

#[test]
fn markdown_of_a_hostile_room_holds_no_link_no_image_no_markup_and_no_mention() {
    let desk = hostile_room();
    let told = desk.run(&["review", "--format", "markdown"]);
    assert_eq!(told.code, 1);
    assert!(told.out.chars().all(is_character));
    let mut options = comrak::Options::default();
    (options.extension.autolink, options.extension.table, options.extension.strikethrough) = (true, true, true);
    (options.extension.footnotes, options.extension.tasklist, options.extension.math_dollars) = (true, true, true);
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, &told.out, &options);
    let mut rows = Vec::new();
    let mut texts = String::new();
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Document | NodeValue::Heading(_) | NodeValue::Paragraph | NodeValue::List(_) | NodeValue::Item(_) => {
                texts.push('\n');
            }
            NodeValue::Table(_) => rows.push(0),
            NodeValue::TableRow(_) => *rows.last_mut().unwrap() += 1,
            NodeValue::TableCell => texts.push('\n'),
            NodeValue::Text(text) => texts.push_str(text),
            NodeValue::Code(code) => texts.push_str(&code.literal),
            other => panic!("{other:?}"),
        }
    }
    // Rows of every table are as many as there are requirements, and exclusions: no text broke one, no bar made a cell.
    let json = desk.json(&["review", "--format", "json"]);
    let gates = json["gates"].as_array().unwrap().iter().map(|gate| gate["requirements"].as_array().unwrap().len() + 1);
    assert_eq!(rows, gates.chain([HOSTILE.len() + 1]).collect::<Vec<_>>());
    // A page that looks for names, numbers and addresses in the text finds none of the room's.
    for link in ["@octocat", "#12", "GH-7", "repo#3", "https://evil", "www.evil", "a@evil"] {
        assert!(!texts.contains(link), "{link}");
    }
    let plain = texts.replace('\u{200b}', "");
    for text in [HOSTILE[0], HOSTILE[1], HOSTILE[2]] {
        assert!(plain.contains(text), "{text}\n{plain}");
    }
}

#[test]
fn a_report_for_a_machine_is_utf_8_whatever_the_locale_is() {
    let desk = Desk::with_room();
    desk.ok(&["assign", "tenant-owner", "--name", "Åsa 日本"]);
    for format in ["junit", "markdown"] {
        let output = desk.launchroom(&["review", "--format", format]).env("LC_ALL", "C").output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(told.contains("Åsa 日本"), "{format}: {told}");
    }
}

use super::*;
use proptest::prelude::*;

fn path(dotted: &str) -> Vec<String> {
    dotted.split('.').map(str::to_owned).collect()
}

fn edit(dotted: &str, to: EditTo) -> Edit {
    Edit { path: path(dotted), to }
}

fn text(value: &str) -> EditTo {
    EditTo::Set(Value::Text(value.into()))
}

fn one(file: &str, dotted: &str, to: EditTo) -> String {
    splice(file, &[edit(dotted, to)]).unwrap()
}

/// Layouts a person might leave behind.
const LAYOUTS: &[&str] = &[
    "",
    "schema = 1",
    "schema = 1\n",
    "schema = 1\r\nplan = \"p\"\r\n\r\n[tenant]\r\nid = \"a\"\r\n",
    "[steps.scope]\ndone = []\n",
    "[steps.scope]\ndone = [ ]",
    "[steps.scope]\ndone = [\"a\"]\n",
    "[steps.scope]\ndone = [\"a\", \"b\",]   # two\n",
    "[steps.scope]\ndone = [\n    \"a\",  # first\n    \"b\"   # second\n]\n\n[scope]\nx = 1\n",
    "[steps.scope]\ndone = [\n  \"a\",\n  \"b\", # second\n]\n",
    "[steps.scope]\r\ndone = [\r\n\t\"a\",\r\n]\r\n",
    "[steps.scope] # why\n[scope]\nx = 1\n",
    "[steps]\nscope.done = [\"a\"]\nother.done = [\"z\"]\n",
    "steps.scope.done = ['a']\n",
    "steps.other.done = ['z'] # odd",
    "[steps]\nscope = { done = [\"a\"] }\n",
    "[steps]\nscope = {}\n",
    "[steps]\nscope = { }\nother = { done = ['z'] }\n",
    "steps = { scope.done = [\"a\"], other.done = [] }\nowners = {}\n",
    "steps = { other.done = [ ], another.done = [], }\nowners = { b = {  } }\n",
    "owners.b.note = 'x'\nsteps.other.done = []\n",
    "[owners]\nb.note = 'x'\nother.name = \"o\"\n[steps.other]\ndone = [ \"z\" ]",
    "[owners.b]\n\n[steps.scope]\n\n\n[scope]\n",
    "[scope]\n\n[steps.scope]\n[owners.b]",
    "[owners.b]\nname = \"\"\ncontact = \"\" \nbasis = \"\" # why we believe it\n[steps.scope]\ndone = [] # close-pack\n",
    "  [steps.scope]\n  done = [\n    # none yet\n  ]\n",
    "[steps.scope]\ndone = [ \"a\" ]\n",
    "[[extra]]\nx = 1\n[[extra]]\nx = 2\n",
    "\r\n",
    "\n\n[owners]\n\n[steps]\n",
    "[steps.other]\ndone = [\"z\"]\n# done = [\"commented\"]\n\n# about owners\n[owners.a]\nname = \"x\"\n",
    "[steps.other]\n  done = [\"z\"]\n[owners.a]\nname = \"x\"",
    "\u{feff}[steps.other]\ndone = [\"z\"]\n",
    "# only a comment\n\n",
    "[owners.a]\nname = \"x\"   # hers\ncontact = \"y\"\n\n\n",
];

#[test]
fn ticking_and_unticking_leaves_the_same_bytes_in_every_layout() {
    for file in LAYOUTS {
        let ticked = one(file, "steps.scope.done", EditTo::Push("new".into()));
        assert!(ticked.contains("\"new\""), "{ticked}");
        let back = one(&ticked, "steps.scope.done", EditTo::Pull("new".into()));
        assert_eq!(back, *file, "ticked was:\n{ticked}");
    }
}

#[test]
fn setting_and_removing_an_owner_leaves_the_same_bytes_in_every_layout() {
    let set =
        [edit("owners.b.name", text("Mara")), edit("owners.b.contact", text("m@x")), edit("owners.b.basis", text("said so"))];
    let cleared = ["name", "contact", "basis"].map(|field| edit(&format!("owners.b.{field}"), EditTo::Remove));
    for file in LAYOUTS {
        let named = splice(file, &set).unwrap();
        assert_eq!(splice(&named, &cleared).unwrap(), *file, "named was:\n{named}");
    }
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    let file = "[scope]\r\ncohort = \"old\"   # who\r\nretention='x'";
    assert_eq!(one(file, "scope.cohort", text("a \"b\"\\")), "[scope]\r\ncohort = \"a \\\"b\\\"\\\\\"   # who\r\nretention='x'");
    assert_eq!(one(file, "scope.retention", text("y")), "[scope]\r\ncohort = \"old\"   # who\r\nretention='y'");
    assert_eq!(one(file, "scope.retention", text("y's")), "[scope]\r\ncohort = \"old\"   # who\r\nretention=\"y's\"");
}

#[test]
fn a_date_stays_a_date() {
    let file = "[tenant]\nkickoff = 2026-11-02 # Monday\n";
    assert_eq!(one(file, "tenant.kickoff", text("2026-11-09")), "[tenant]\nkickoff = 2026-11-09 # Monday\n");
}

#[test]
fn a_list_that_grows_or_shrinks_at_its_end_keeps_its_lines() {
    let file = "[scope]\nmodules = [\n  \"a\", # first\n  \"b\",\n]\n";
    let list = |items: &[&str]| EditTo::Set(Value::List(items.iter().map(|&item| item.into()).collect()));
    let grown = one(file, "scope.modules", list(&["a", "b", "c"]));
    assert_eq!(grown, "[scope]\nmodules = [\n  \"a\", # first\n  \"b\",\n  \"c\",\n]\n");
    assert_eq!(one(&grown, "scope.modules", list(&["a", "b"])), file);
    assert_eq!(one(file, "scope.modules", list(&["b"])), "[scope]\nmodules = [\"b\"]\n");
    assert_eq!(one(file, "scope.modules", list(&[])), "[scope]\nmodules = []\n");
}

#[test]
fn a_new_key_joins_its_table_and_a_new_table_its_relatives() {
    let file = "[owners.a]\nname = \"x\"\n\n[scope]\nk = \"v\"\n";
    assert_eq!(one(file, "owners.a.contact", text("c")), "[owners.a]\nname = \"x\"\ncontact = \"c\"\n\n[scope]\nk = \"v\"\n");
    assert_eq!(
        one(file, "owners.b.name", text("y")),
        "[owners.a]\nname = \"x\"\n\n[owners.b]\nname = \"y\"\n\n[scope]\nk = \"v\"\n"
    );
}

#[test]
fn a_comment_behind_a_removed_value_stays() {
    let file = "[owners.a]\nname = \"x\"   # hers\ncontact = \"y\"\n";
    assert_eq!(one(file, "owners.a.name", EditTo::Remove), "[owners.a]\nname = \"\"   # hers\ncontact = \"y\"\n");
    let file = "[scope]\na = \"x\"   # ours\nb = \"y\"\n";
    assert_eq!(one(file, "scope.a", EditTo::Remove), "[scope]\n# ours\nb = \"y\"\n");
}

#[test]
fn an_item_in_the_middle_goes_alone() {
    let file = "[s]\nd = [\n  \"a\", # one\n  \"b\",\n  \"c\",\n]\n";
    assert_eq!(one(file, "s.d", EditTo::Pull("b".into())), "[s]\nd = [\n  \"a\", # one\n  \"c\",\n]\n");
    assert_eq!(one("[s]\nd = [\"a\", \"b\"]", "s.d", EditTo::Pull("a".into())), "[s]\nd = [\"b\"]");
}

#[test]
fn what_is_not_a_list_is_not_made_one() {
    assert!(splice("[s]\nd = 3\n", &[edit("s.d", EditTo::Push("a".into()))]).is_err());
    assert!(splice("[s\n", &[edit("s.d", text("a"))]).is_err());
}

proptest! {
    #[test]
    fn any_text_reads_back_as_it_was_written(value in any::<String>(), layout in 0..LAYOUTS.len()) {
        let written = one(LAYOUTS[layout], "scope.k", EditTo::Set(Value::Text(value.clone())));
        let read: toml::Table = toml::from_str(written.trim_start_matches(BOM)).unwrap();
        prop_assert_eq!(read["scope"]["k"].as_str(), Some(value.as_str()));
    }

    #[test]
    fn setting_and_setting_back_leaves_the_same_bytes(first in "[a-z\"\\\\é]{0,9}", second in any::<String>(), layout in 0..LAYOUTS.len()) {
        let file = one(LAYOUTS[layout], "scope.k", EditTo::Set(Value::Text(first.clone())));
        let there = one(&file, "scope.k", EditTo::Set(Value::Text(second)));
        prop_assert_eq!(one(&there, "scope.k", EditTo::Set(Value::Text(first))), file);
    }

    #[test]
    fn several_ticks_and_their_undoing_leave_the_same_bytes(layout in 0..LAYOUTS.len(), n in 1..5usize) {
        let file = LAYOUTS[layout];
        let mut now = file.to_owned();
        for i in 0..n { now = one(&now, "steps.scope.done", EditTo::Push(format!("t{i}"))); }
        for i in (0..n).rev() {
            now = one(&now, "steps.scope.done", EditTo::Pull(format!("t{i}")));
        }
        prop_assert_eq!(now, file);
    }
}

/// Files as people write them: sections in any order and form, odd spacing, comments, either line end, an end or none.
mod generated {
    use super::*;

    fn spaces() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["", " ", "  ", "\t"])
    }

    fn remark() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["", "", " # said, with a comma", "  # [not.a.header] = \"x\""])
    }

    fn quoted() -> impl Strategy<Value = String> {
        ("[a-z]{1,3}", any::<bool>()).prop_map(|(word, single)| if single { format!("'{word}'") } else { format!("\"{word}\"") })
    }

    /// A list on one line, or an item a line with comments, with or without a comma at its end.
    fn list() -> impl Strategy<Value = String> {
        let items = prop::collection::vec((quoted(), remark()), 0..4);
        (items, any::<bool>(), any::<bool>(), spaces(), spaces()).prop_map(|(items, tall, comma, inner, gap)| {
            let last = items.len().saturating_sub(1);
            let mut out = format!("[{inner}");
            for (index, (item, remark)) in items.iter().enumerate() {
                let item = item.as_str();
                let comma = if index < last || comma { format!("{gap},") } else { String::new() };
                if tall {
                    out.extend(["\n", inner, item, &comma, remark]);
                } else {
                    out.extend([item, &comma, inner]);
                }
            }
            out.push_str(if tall { "\n]" } else { "]" });
            out
        })
    }

    /// What a step looks like: absent, a table, empty, dotted, or inline.
    fn steps() -> impl Strategy<Value = String> {
        let form = (0..9usize, list(), spaces(), remark());
        form.prop_map(|(form, list, gap, remark)| match form {
            0 => String::new(),
            1 => format!("[steps.scope]{remark}\n{gap}done{gap}={gap}{list}{remark}\n"),
            2 => format!("{gap}[steps.scope]{remark}\n"),
            3 => format!("[steps]\n{gap}scope.done = {list}{remark}\n"),
            4 => format!("[steps]{remark}\n"),
            5 => format!("[steps]\nscope ={gap}{{{gap}}}{remark}\n"),
            6 => format!("[steps]\nscope = {{{gap}done = {list}{gap}}}{remark}\n"),
            7 => format!("[steps.other]\ndone = {list}{remark}\n"),
            _ => format!("[steps]\nother.done = {list}{remark}\nscope.done = {list}\n"),
        })
    }

    fn owners() -> impl Strategy<Value = String> {
        let form = (0..7usize, quoted(), spaces(), remark());
        form.prop_map(|(form, name, gap, remark)| match form {
            0 => String::new(),
            1 => format!("[owners.a]\nname{gap}={gap}{name}{remark}\n"),
            2 => format!("[owners.b]{remark}\n"),
            3 => format!("[owners]\na.name = {name}{remark}\n"),
            4 => format!("# who\n[owners.b]\nname = \"\"\ncontact = \"\"\nbasis = \"\"{gap} # why\n"),
            5 => format!("[owners]\na = {{ name = {name}{gap} }}{remark}\n"),
            _ => format!("{gap}[owners.a]\n{gap}name = {name}{remark}\n\n[owners.c]\nname = {name}\n"),
        })
    }

    prop_compose! {
        fn file()(
            sections in Just(()).prop_flat_map(|()| (steps(), owners(), remark())),
            swap in any::<bool>(), crlf in any::<bool>(), ended in any::<bool>(), bom in any::<bool>(), gaps in 0..3usize,
        ) -> String {
            let (steps, owners, remark) = sections;
            let gap = "\n".repeat(gaps);
            let (first, second) = if swap { (owners, steps) } else { (steps, owners) };
            let mut text = format!("schema = 1{remark}\n{gap}{first}{gap}[scope]\ncohort = 'x'\n{gap}{second}");
            if !ended { text.truncate(text.trim_end_matches('\n').len()); }
            if crlf { text = text.replace('\n', "\r\n"); }
            if bom { text.insert_str(0, BOM); }
            text
        }
    }

    fn read(file: &str) -> toml::Table {
        toml::from_str(file.trim_start_matches(BOM)).unwrap()
    }

    fn done(file: &toml::Table) -> Vec<String> {
        let list = file.get("steps").and_then(|steps| steps.get("scope")).and_then(|scope| scope.get("done"));
        list.and_then(toml::Value::as_array).into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn a_list_that_a_tick_made_may_be_removed_as_well(file in file()) {
            let ticked = one(&file, "steps.scope.done", EditTo::Push("new".into()));
            if done(&read(&file)).is_empty() && !file.contains("done") {
                prop_assert_eq!(one(&ticked, "steps.scope.done", EditTo::Remove), file, "ticked was:\n{}", ticked);
            }
        }

        #[test]
        fn a_tick_adds_one_item_and_unticking_gives_the_same_bytes(file in file(), more in 1..4usize) {
            let mut now = file.clone();
            for n in 0..more {
                let before = read(&now);
                now = one(&now, "steps.scope.done", EditTo::Push(format!("new-{n}")));
                let mut expected = done(&before);
                expected.push(format!("new-{n}"));
                let after = read(&now);
                prop_assert_eq!(done(&after), expected);
                prop_assert_eq!(after.get("owners"), before.get("owners"));
                prop_assert_eq!(after.get("scope"), before.get("scope"));
            }
            let ticked = now.clone();
            for n in (0..more).rev() {
                now = one(&now, "steps.scope.done", EditTo::Pull(format!("new-{n}")));
            }
            prop_assert_eq!(&now, &file, "ticked was:\n{}", ticked);
        }

        #[test]
        fn an_owner_named_and_removed_gives_the_same_bytes(file in file(), contact in any::<bool>()) {
            let set = [edit("owners.b.name", text("Mara")), edit("owners.b.contact", text("m@x"))];
            let set = &set[..=usize::from(contact)];
            let undo: Vec<Edit> = set.iter().map(|edit| Edit { path: edit.path.clone(), to: EditTo::Remove }).collect();
            let named = splice(&file, set).unwrap();
            let (before, after) = (read(&file), read(&named));
            prop_assert_eq!(after["owners"]["b"]["name"].as_str(), Some("Mara"));
            prop_assert_eq!(after.get("steps"), before.get("steps"));
            let blank = file.contains("name = \"\"");
            // A form with a blank contact loses that line only when it stood last; a name alone always comes back.
            if !(blank && contact) {
                prop_assert_eq!(splice(&named, &undo).unwrap(), file, "named was:\n{}", named);
            }
        }

        #[test]
        fn taking_any_item_out_leaves_the_others(file in file(), at in 0..4usize) {
            let before = done(&read(&file));
            if let Some(item) = before.get(at).cloned() {
                let after = done(&read(&one(&file, "steps.scope.done", EditTo::Pull(item.clone()))));
                let mut expected = before;
                expected.remove(expected.iter().rposition(|one| *one == item).unwrap());
                prop_assert_eq!(after, expected);
            }
        }
    }
}

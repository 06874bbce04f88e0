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

fn has_list(file: &str) -> bool {
    Outline::of(file.trim_start_matches(BOM)).unwrap().leaf(&path("steps.scope.done")).is_some()
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
        let undo = if has_list(file) { EditTo::Pull("new".into()) } else { EditTo::Remove };
        let back = one(&ticked, "steps.scope.done", undo);
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
    let file = "[scope]\r\ncohort = 'old'   # who\r\nretention=\"x\"";
    assert_eq!(
        one(file, "scope.cohort", text("a \"b\"\\")),
        "[scope]\r\ncohort = \"a \\\"b\\\"\\\\\"   # who\r\nretention=\"x\""
    );
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
    assert_eq!(one(file, "owners.a.name", EditTo::Remove), "[owners.a]\n# hers\ncontact = \"y\"\n");
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
        let had = has_list(file);
        let mut now = file.to_owned();
        for i in 0..n { now = one(&now, "steps.scope.done", EditTo::Push(format!("t{i}"))); }
        for i in (0..n).rev() {
            let to = if i == 0 && !had { EditTo::Remove } else { EditTo::Pull(format!("t{i}")) };
            now = one(&now, "steps.scope.done", to);
        }
        prop_assert_eq!(now, file);
    }
}

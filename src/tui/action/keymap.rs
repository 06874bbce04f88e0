//! Which key does what: the table's own chords, or the person's.

use super::{Action, Chord, Scope, TABLE};
use crate::tui::terminal::Key;
use std::collections::{BTreeMap, HashMap};

/// Chords to rows of the table and back.
pub struct Keymap {
    rows: HashMap<(Scope, Chord), usize>,
    /// The chords of each row.
    chords: Vec<Vec<Chord>>,
}

impl Keymap {
    /// The table's chords, with those of some actions replaced. What could not be used is told, in words.
    #[must_use]
    pub fn new(replaced: &BTreeMap<String, Vec<String>>) -> (Self, Vec<String>) {
        let mut trouble = Vec::new();
        for id in replaced.keys().filter(|id| !TABLE.iter().any(|action| action.id == id.as_str())) {
            trouble.push(format!("keys: there is no action \"{id}\"; `?` lists them all"));
        }
        let mut map = Self { rows: HashMap::new(), chords: Vec::new() };
        for (row, action) in TABLE.iter().enumerate() {
            let words: Vec<&str> = match replaced.get(action.id) {
                Some(words) => words.iter().map(String::as_str).collect(),
                None => action.keys.to_vec(),
            };
            let mut chords = Vec::new();
            for word in words {
                match Chord::parse(word) {
                    Some(chord) => chords.push(chord),
                    None => trouble.push(format!("keys: \"{word}\" for {} is no key", action.id)),
                }
            }
            for chord in &chords {
                if let Some(other) = map.rows.insert((action.scope, *chord), row).and_then(|other| TABLE.get(other)) {
                    trouble.push(format!("keys: {chord} is {} and {}; it does the latter", other.id, action.id));
                }
            }
            map.chords.push(chords);
        }
        (map, trouble)
    }

    /// What a key does in these scopes, the nearest first.
    #[must_use]
    pub fn find(&self, scopes: &[Scope], key: Key) -> Option<&'static Action> {
        scopes.iter().find_map(|scope| self.rows.get(&(*scope, Chord(key)))).and_then(|row| TABLE.get(*row))
    }

    /// The chords of an action.
    #[must_use]
    pub fn chords(&self, action: &Action) -> &[Chord] {
        let row = TABLE.iter().position(|other| std::ptr::eq(other, action));
        row.and_then(|row| self.chords.get(row)).map_or(&[], Vec::as_slice)
    }

    /// The first chord of the action with this id, for a hint on screen.
    #[must_use]
    pub fn hint(&self, id: &str) -> String {
        let row = TABLE.iter().position(|action| action.id == id);
        row.and_then(|row| self.chords.get(row)?.first()).map(ToString::to_string).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::model::Screen;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_has_two_meanings_in_a_scope() {
        assert_eq!(Keymap::new(&BTreeMap::new()).1, Vec::<String>::new());
    }

    #[test]
    fn a_screens_own_key_never_hides_one_that_works_everywhere() {
        let (map, _) = Keymap::new(&BTreeMap::new());
        for (scope, chord) in map.rows.keys() {
            let on_screen = matches!(scope, Scope::On(_));
            // The one that is meant to: on Owners `b` goes to the next blank, elsewhere it copies the brief.
            let meant = *scope == Scope::On(Screen::Owners) && chord.to_string() == "b";
            assert!(meant || !(on_screen && map.rows.contains_key(&(Scope::Browse, *chord))), "{chord} on {scope:?}");
            assert!(*scope == Scope::Always || !map.rows.contains_key(&(Scope::Always, *chord)), "{chord} in {scope:?}");
        }
    }

    #[test]
    fn ids_are_unique_and_every_action_says_what_it_does() {
        let ids: BTreeSet<_> = TABLE.iter().map(|action| action.id).collect();
        assert_eq!(ids.len(), TABLE.len());
        for action in TABLE {
            assert!(!action.word.is_empty() && !action.title.is_empty() && action.doc.ends_with('.'), "{}", action.id);
            assert!(!action.keys.is_empty(), "{} has no key", action.id);
        }
    }

    #[test]
    fn a_rebound_action_listens_to_its_new_key_only() {
        let keys = BTreeMap::from([("proof.run".to_owned(), vec!["F5".to_owned()])]);
        let (map, trouble) = Keymap::new(&keys);
        assert_eq!(trouble, Vec::<String>::new());
        assert_eq!(map.hint("proof.run"), "F5");
        let r = Chord::parse("r").expect("a key");
        assert!(map.find(&[Scope::Browse], r.0).is_none());
    }

    #[test]
    fn a_key_that_is_none_is_told_and_left_out() {
        let keys = BTreeMap::from([("proof.run".to_owned(), vec!["Hyper-x".to_owned()]), ("nope".to_owned(), vec![])]);
        assert_eq!(Keymap::new(&keys).1.len(), 2);
    }
}

//! Which ids a plan declares, and which it mentions.
//!
//! Ids are mentioned before they are declared all over a plan, so mentions are kept and settled at the end.

use crate::format::diagnose::{Problem, quoted};
use crate::format::table::{At, Problems, unknown};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Motion,
    Field,
    Function,
    Role,
    Step,
    Gate,
    Proof,
    Group,
    Dependency,
    Target,
    Requirement,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Motion => "motion",
            Self::Field => "scope field",
            Self::Function => "function",
            Self::Role => "role",
            Self::Step => "step",
            Self::Gate => "gate",
            Self::Proof => "proof",
            Self::Group => "activation group",
            Self::Dependency => "dependency",
            Self::Target => "target",
            Self::Requirement => "requirement",
        }
    }

    /// Kinds whose ids stand in the same place somewhere, so that one id must not mean two things: `owner = …` takes a
    /// role or a function, evidence serves a step or a role, and a requirement is `gate/slug` or `step/slug`.
    fn shares_names_with(self) -> &'static [Self] {
        match self {
            Self::Function => &[Self::Role],
            Self::Role => &[Self::Function, Self::Step],
            Self::Step => &[Self::Role, Self::Gate],
            Self::Gate => &[Self::Step],
            Self::Motion | Self::Field | Self::Proof | Self::Group | Self::Dependency | Self::Target | Self::Requirement => &[],
        }
    }
}

/// Declared and mentioned ids.
#[derive(Default)]
pub struct Names {
    declared: BTreeMap<Kind, Vec<At<String>>>,
    mentioned: Vec<(&'static [Kind], At<String>, &'static str)>,
}

/// The most things of one kind in a plan.
const MOST: usize = 500;
const PARTY: &[Kind] = &[Kind::Role, Kind::Function];

impl Names {
    /// Something has this id.
    pub fn declare(&mut self, kind: Kind, id: &At<String>) {
        self.declared.entry(kind).or_default().push(id.clone());
    }

    /// Something of this kind must exist. `place` is for the message.
    pub fn mention(&mut self, kind: Kind, id: &At<String>, place: &'static str) {
        let kinds: &'static [Kind] = match kind {
            Kind::Motion => &[Kind::Motion],
            Kind::Field => &[Kind::Field],
            Kind::Function => &[Kind::Function],
            Kind::Role => &[Kind::Role],
            Kind::Step => &[Kind::Step],
            Kind::Gate => &[Kind::Gate],
            Kind::Proof => &[Kind::Proof],
            Kind::Group => &[Kind::Group],
            Kind::Dependency => &[Kind::Dependency],
            Kind::Target => &[Kind::Target],
            Kind::Requirement => &[Kind::Requirement],
        };
        self.mentioned.push((kinds, id.clone(), place));
    }

    /// A role or a function must exist.
    pub fn mention_party(&mut self, id: &At<String>, place: &'static str) {
        self.mentioned.push((PARTY, id.clone(), place));
    }

    pub fn is_declared(&self, kind: Kind, id: &str) -> bool {
        self.of(kind).any(|known| known.value == id)
    }

    /// The ids of a kind, in the order of the file.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &At<String>> + Clone {
        self.declared.get(&kind).into_iter().flatten()
    }

    /// Where an id was declared.
    pub fn span(&self, kind: Kind, id: &str) -> Range<usize> {
        self.of(kind).find(|known| known.value == id).map_or(0..0, |known| known.span.clone())
    }

    /// Whether there are more things of one kind than any team could follow. Checks that compare all with all would then
    /// take longer than anybody waits, so they are not made.
    pub fn too_many(&self) -> Option<Problem> {
        let (kind, ids) = self.declared.iter().find(|(_, ids)| ids.len() > MOST)?;
        let span = ids.get(MOST).map_or(0..0, |id| id.span.clone());
        Some(Problem::new(span, format!("more than {MOST} of one kind ({})", kind.as_str())).help("split the plan"))
    }

    /// Reports ids that are malformed, declared twice or never.
    pub fn check(&self, problems: &Problems) {
        for (kind, ids) in &self.declared {
            let mut seen = HashSet::new();
            for id in ids {
                if *kind != Kind::Requirement && !is_id(&id.value) && !id.value.is_empty() {
                    let message = format!("{} is no id for a {}", quoted(&id.value), kind.as_str());
                    problems.add(Problem::new(id.span.clone(), message).help("1 to 64 of a-z, 0-9, - and _"));
                }
                if !seen.insert(id.value.as_str()) && !id.value.is_empty() {
                    let message = format!("a second {} is called {}", kind.as_str(), quoted(&id.value));
                    problems.add(Problem::new(id.span.clone(), message).help("give it a name of its own"));
                }
                // Each clash once: at the kind that comes later.
                let clash = kind.shares_names_with().iter().find(|other| *other < kind && self.is_declared(**other, &id.value));
                if let Some(other) = clash {
                    let message = format!("{} is already the name of a {}", quoted(&id.value), other.as_str());
                    problems.add(Problem::new(id.span.clone(), message).help("give it a name of its own"));
                }
            }
        }
        for (kinds, id, place) in &self.mentioned {
            if id.value.is_empty() || kinds.iter().any(|kind| self.is_declared(*kind, &id.value)) {
                continue;
            }
            let what = kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" or ");
            let known = kinds.iter().flat_map(|kind| self.of(*kind)).map(|id| id.value.as_str());
            problems.add(unknown(id.span.clone(), &what, &id.value, place, known));
        }
    }
}

/// Whether a text can be an id: short, lower case, nothing that a shell, a path or a screen would read otherwise.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

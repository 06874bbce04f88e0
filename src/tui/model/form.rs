//! A form: a few fields, what saving them would do, and what it is for. Knows nothing of keys or of drawing.

use super::text::TextInput;
use crate::app::ports::Captured;
use crate::domain::ids::{DependencyId, Digest, ExclusionId, FieldId, FunctionId, GroupId, ProofId, RoleId};
use crate::tui::effect::DossierWish;
use crate::tui::effect::How;
use crate::tui::msg::Looked;

/// What a form is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    Owner(RoleId),
    Function(FunctionId),
    Scope(FieldId),
    Activation(GroupId),
    Dependency(DependencyId),
    Run(ProofId),
    /// These, one after another.
    Batch(Vec<ProofId>),
    AttachRun(Box<Captured>),
    /// A file or a reference, for this requirement, step or role.
    AttachDocument(String),
    Withdraw(u64),
    /// The launch decision.
    Decide,
    /// This requirement, or check of a bundle, is out of scope.
    Exclude(String),
    Revoke(ExclusionId),
    Discard(Box<Captured>),
    /// What to hand over, to whom.
    Dossier,
    /// Wording that may not be used is looked for in what is typed or pasted.
    CheckText,
    /// From when on "since" counts.
    SinceDate,
    /// For whom to present.
    Present,
    NewRoom,
    OpenRoom,
    Connect,
}

/// A form being filled in.
pub struct Form {
    pub purpose: Purpose,
    pub title: String,
    /// Lines above the fields: label and text.
    pub facts: Vec<(String, String)>,
    pub fields: Vec<Field>,
    pub focus: usize,
    /// What pressing the key does, e.g. `save`.
    pub submit: &'static str,
    /// It changes something outside, or cannot be taken back.
    pub danger: bool,
    pub preview: Preview,
    /// Why it was not taken.
    pub error: Option<String>,
    /// It was said what somebody else changed meanwhile: the next Enter keeps what stands here.
    pub warned: bool,
    /// Enter came before we knew of somebody else's change, and nothing was saved: that has been said then.
    pub overtaken: bool,
    /// What has to be typed into the field `confirm`, to the letter, before Enter does anything.
    pub phrase: Option<String>,
    /// For a run: the command that this sheet is about, to the letter.
    pub source: String,
    /// For a run: with what it runs.
    pub how: How,
    /// For several runs: the same for each, in their order.
    pub sources: Vec<String>,
    /// For a dossier: what the preview is of, and of a ledger with which end.
    pub looked_at: Option<(DossierWish, Digest)>,
    /// For a decision: the ledger it was opened on. On another one it is not taken.
    pub head: Option<Digest>,
}

/// What saving would do to the room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Preview {
    /// Nothing was asked, or nothing was changed.
    #[default]
    None,
    /// Asked under this number.
    Asked(u64),
    Known(Vec<String>),
    /// What would be written: label and text, and the end of the ledger it is made of.
    Holds(Looked),
    Refused(String),
}

/// One field.
pub struct Field {
    /// The key of the value, e.g. `name`.
    pub id: String,
    pub label: String,
    pub hint: String,
    pub input: FieldInput,
    /// What the room held when the form last looked.
    pub was: String,
    /// What somebody else put there while the form was open, and when, in words.
    pub meanwhile: Option<(String, String)>,
}

/// How a field is filled in.
pub enum FieldInput {
    Text(TextInput),
    /// Typed text that is not shown.
    Secret(TextInput),
    /// One of these: value and label.
    Choice {
        options: Vec<(String, String)>,
        at: usize,
    },
}

impl Field {
    /// A line of text.
    pub fn text(id: &str, label: &str, hint: &str, value: &str) -> Self {
        let input = FieldInput::Text(TextInput::new(value));
        Self { id: id.into(), label: label.into(), hint: hint.into(), input, was: value.into(), meanwhile: None }
    }

    /// One of several words. A value that is none of them selects the first.
    pub fn choice(id: &str, label: &str, options: Vec<(String, String)>, value: &str) -> Self {
        let at = options.iter().position(|(option, _)| option == value).unwrap_or(0);
        let input = FieldInput::Choice { options, at };
        let mut field =
            Self { id: id.into(), label: label.into(), hint: String::new(), input, was: String::new(), meanwhile: None };
        field.was = field.value().to_owned();
        field
    }

    /// What it holds now.
    #[must_use]
    pub fn value(&self) -> &str {
        match &self.input {
            FieldInput::Text(text) | FieldInput::Secret(text) => text.as_str(),
            FieldInput::Choice { options, at } => options.get(*at).map_or("", |(value, _)| value),
        }
    }

    /// Whether somebody changed it.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.value() != self.was
    }

    /// The value, when it was changed.
    #[must_use]
    pub fn changed(&self) -> Option<String> {
        self.is_changed().then(|| self.value().trim().to_owned())
    }
}

impl Form {
    /// An empty form.
    pub fn new(purpose: Purpose, title: impl Into<String>, submit: &'static str) -> Self {
        Self {
            purpose,
            title: title.into(),
            facts: Vec::new(),
            fields: Vec::new(),
            focus: 0,
            submit,
            danger: false,
            preview: Preview::None,
            error: None,
            warned: false,
            overtaken: false,
            phrase: None,
            source: String::new(),
            how: How::Plain,
            sources: Vec::new(),
            looked_at: None,
            head: None,
        }
    }

    /// Adds a line above the fields.
    #[must_use]
    pub fn fact(mut self, label: &str, text: impl Into<String>) -> Self {
        self.facts.push((label.into(), text.into()));
        self
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Whether anything was typed into it.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.fields.iter().any(Field::is_changed)
    }

    /// The field keys go to.
    pub fn focused(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.focus)
    }

    /// What a field holds, by its key.
    #[must_use]
    pub fn value(&self, id: &str) -> &str {
        self.fields.iter().find(|field| field.id == id).map_or("", Field::value)
    }

    /// The field with this key, when it was changed.
    #[must_use]
    pub fn changed(&self, id: &str) -> Option<String> {
        self.fields.iter().find(|field| field.id == id)?.changed()
    }

    /// To the next field, or back, round the ends.
    pub fn next(&mut self, back: bool) {
        let count = self.fields.len().max(1);
        self.focus = if back { (self.focus + count - 1) % count } else { (self.focus + 1) % count };
    }

    /// The room moved on while this was open: fields nobody typed into follow, the others keep what was typed. Either way
    /// the field remembers what came from outside, and `when` says since when it stands there.
    pub fn follow(&mut self, fresh: &Self, when: impl Fn(&Field) -> String) {
        for field in &mut self.fields {
            let Some(now) = fresh.fields.iter().find(|other| other.id == field.id) else { continue };
            if now.was == field.was {
                continue;
            }
            if !field.is_changed() {
                if let FieldInput::Text(_) = field.input {
                    field.input = FieldInput::Text(TextInput::new(now.was.clone()));
                } else if let FieldInput::Choice { options, at } = &mut field.input {
                    *at = options.iter().position(|(value, _)| *value == now.was).unwrap_or(*at);
                }
            }
            field.was.clone_from(&now.was);
            field.meanwhile = Some((now.was.clone(), when(now)));
            self.warned = self.overtaken;
        }
        self.overtaken = false;
    }

    /// What somebody else changed while this was open, one line a field.
    pub fn meanwhile(&self) -> impl Iterator<Item = String> {
        self.fields.iter().filter_map(|field| {
            let (value, when) = field.meanwhile.as_ref()?;
            let value = if value.is_empty() { "blank" } else { value };
            Some(format!("{} changed meanwhile: {value}, {when}", field.label))
        })
    }

    /// Enter, the first time since somebody else changed something here: what it would write over. The next one goes on.
    pub fn warn(&mut self) -> Option<String> {
        if std::mem::replace(&mut self.warned, true) {
            return None;
        }
        let told = self.fields.iter().filter_map(|field| {
            let (theirs, _) = field.meanwhile.as_ref()?;
            let said = |text: &str| if text.trim().is_empty() { "blank".to_owned() } else { text.trim().to_owned() };
            let (theirs, label, mine) = (said(theirs), &field.label, said(field.value()));
            Some(if theirs == mine {
                format!("{label} is now {theirs}")
            } else {
                format!("{label} is now {theirs}, here {mine}")
            })
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| format!("{}. Enter again saves what stands here", told.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, contact: &str) -> Form {
        Form::new(Purpose::Owner("tenant-owner".into()), "Tenant owner", "save")
            .field(Field::text("name", "Name", "", name))
            .field(Field::text("contact", "Contact", "", contact))
    }

    fn typed(form: &mut Form, typed: &str) {
        if let Some(Field { input: FieldInput::Text(text), .. }) = form.focused() {
            text.insert(typed);
        }
    }

    #[test]
    fn an_outside_change_never_overwrites_what_is_being_typed() {
        let mut open = form("", "");
        typed(&mut open, "Mara");
        open.follow(&form("Ines", "ines@example.test"), |_| "07:44".into());
        assert_eq!(open.value("name"), "Mara");
        assert_eq!(open.value("contact"), "ines@example.test");
        let told: Vec<String> = open.meanwhile().collect();
        assert_eq!(told, ["Name changed meanwhile: Ines, 07:44", "Contact changed meanwhile: ines@example.test, 07:44"]);
    }

    #[test]
    fn an_outside_change_is_said_once_before_it_is_written_over_and_again_when_there_is_another() {
        let mut open = form("", "");
        assert_eq!(open.warn(), None);
        typed(&mut open, "Mara");
        open.follow(&form("Ines", ""), |_| "07:44".into());
        open.follow(&form("Ines", ""), |_| "07:45".into());
        assert_eq!(open.warn().as_deref(), Some("Name is now Ines, here Mara. Enter again saves what stands here"));
        assert_eq!(open.warn(), None);
        open.follow(&form("Pieter", ""), |_| "07:46".into());
        assert!(open.warn().is_some());
    }
}

//! A form: a few fields, what saving them would do, and what it is for. Knows nothing of keys or of drawing.

use super::text::TextInput;
use crate::app::ports::Captured;
use crate::domain::ids::{DependencyId, FieldId, FunctionId, GroupId, ProofId, RoleId};

/// What a form is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    Owner(RoleId),
    Function(FunctionId),
    Scope(FieldId),
    Activation(GroupId),
    Dependency(DependencyId),
    Run(ProofId),
    AttachRun(Box<Captured>),
    /// A file or a reference, for this requirement, step or role.
    AttachDocument(String),
    Withdraw(u64),
    Discard(Box<Captured>),
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
    /// What somebody else changed meanwhile, one line a field: both values.
    pub conflict: Vec<String>,
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
    Refused(String),
}

/// One field.
pub struct Field {
    /// The key of the value, e.g. `name`.
    pub id: String,
    pub label: String,
    pub hint: String,
    pub input: FieldInput,
    /// What it held when the form opened.
    pub was: String,
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
        Self { id: id.into(), label: label.into(), hint: hint.into(), input, was: value.into() }
    }

    /// One of several words. A value that is none of them selects the first.
    pub fn choice(id: &str, label: &str, options: Vec<(String, String)>, value: &str) -> Self {
        let at = options.iter().position(|(option, _)| option == value).unwrap_or(0);
        let input = FieldInput::Choice { options, at };
        let mut field = Self { id: id.into(), label: label.into(), hint: String::new(), input, was: String::new() };
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
            conflict: Vec::new(),
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

    /// The room moved on while this was open: fields nobody typed into follow, the others keep what was typed and say
    /// what the room holds now.
    pub fn follow(&mut self, fresh: &Self) {
        self.conflict.clear();
        for field in &mut self.fields {
            let Some(now) = fresh.fields.iter().find(|other| other.id == field.id) else { continue };
            if now.was == field.was {
                continue;
            }
            if field.is_changed() {
                let shown = if now.was.is_empty() { "blank" } else { &now.was };
                self.conflict.push(format!(
                    "{} is now \"{shown}\" in the room; saving writes \"{}\"",
                    field.label,
                    field.value()
                ));
            } else if let FieldInput::Text(_) = field.input {
                field.input = FieldInput::Text(TextInput::new(now.was.clone()));
            } else if let FieldInput::Choice { options, at } = &mut field.input {
                *at = options.iter().position(|(value, _)| *value == now.was).unwrap_or(*at);
            }
            field.was.clone_from(&now.was);
        }
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

    #[test]
    fn an_outside_change_never_overwrites_what_is_being_typed() {
        let mut open = form("", "");
        if let Some(Field { input: FieldInput::Text(text), .. }) = open.focused() {
            text.insert("Mara");
        }
        open.follow(&form("Ines", "ines@example.test"));
        assert_eq!(open.value("name"), "Mara");
        assert_eq!(open.value("contact"), "ines@example.test");
        assert_eq!(open.conflict, ["Name is now \"Ines\" in the room; saving writes \"Mara\""]);
    }
}

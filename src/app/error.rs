//! The one error of all use cases: what happened, why, and what to do about it.

use crate::domain::change::Refused;
use std::fmt;

/// What happened, why, and what to do. Faces turn the [`Kind`] into an exit code or an HTTP status, in one table each.
#[derive(Debug)]
pub struct Error {
    pub kind: Kind,
    /// One sentence: what could not be done.
    pub what: String,
    /// Why, as far as it is known. May span lines, e.g. a diagnosed file. Never holds a secret.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What sort of trouble it is: "no" is not "broken" is not "misused".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The command line or a request makes no sense.
    Usage,
    /// A file that people edit cannot be read as what it should be.
    Input,
    /// A rule forbids it.
    Refused,
    /// Somebody else changed it first.
    Conflict,
    /// The disk did not do what was asked.
    Storage,
    /// The other machine did not.
    Network,
    /// What was stored is not what was written.
    Integrity,
    /// Somebody stopped it.
    Interrupted,
}

impl Error {
    /// An error of this kind.
    pub fn new(kind: Kind, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { kind, what: what.into(), why: why.into(), hint: None }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.why.is_empty() {
            write!(f, ": {}", self.why)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        // The rule is what scripts and colleagues can look up; the sentence is for whoever was refused.
        Self::new(Kind::Refused, "refused", refused.why).hint(format!("rule: {}", refused.rule))
    }
}

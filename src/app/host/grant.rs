//! What a token stands for: somebody, in a role, for some tenants, until a moment. The token itself is shown once and kept
//! as a hash.

use crate::domain::ids::Digest;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt;

/// How tokens begin, so that a person and a scanner know one when they see it.
const PREFIX: &str = "lrtok_";

/// What somebody may do, each more than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Also fills the customer's roles and scope, and signs exclusions.
    Customer,
    /// Also ticks tasks, and attaches public and tenant evidence.
    Member,
    /// All, decisions included.
    Operator,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Customer, Self::Member, Self::Operator];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Customer => "customer",
            Self::Member => "member",
            Self::Operator => "operator",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whose rooms somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tenants {
    All,
    Only(BTreeSet<String>),
}

impl Tenants {
    /// As it is kept: names with commas between them, or `*`.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::All => "*".to_owned(),
            Self::Only(names) => names.iter().map(String::as_str).collect::<Vec<_>>().join(","),
        }
    }

    /// Reads it back.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text == "*" { Self::All } else { Self::Only(text.split(',').map(str::to_owned).collect()) }
    }

    /// Whether this tenant is one of them.
    #[must_use]
    pub fn include(&self, tenant: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(tenant),
        }
    }
}

/// What a token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The public name of the token, e.g. to revoke it.
    pub id: String,
    /// Who acts: this name stands in the ledger, whatever a request says.
    pub name: String,
    pub role: Role,
    pub tenants: Tenants,
    pub expires: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
}

impl Grant {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }
}

/// A token that was made, as far as anybody can still say.
#[derive(Clone, Debug)]
pub struct Issued {
    pub grant: Grant,
    pub made: Timestamp,
}

/// A token of 256 random bits: its public id, and the secret to show once.
#[must_use]
pub fn issue(random: &[u8; 32]) -> (String, String) {
    let secret = format!("{PREFIX}{}", Digest::of(random).to_hex());
    let id = Digest::of(secret.as_bytes()).to_hex();
    (id.get(..12).unwrap_or_default().to_owned(), secret)
}

/// What is kept of a token: nobody can make the token from it.
#[must_use]
pub fn secret_of(token: &str) -> Digest {
    Digest::of(token.as_bytes())
}

/// Whether a name can stand for somebody in a ledger.
#[must_use]
pub fn looks_like_a_name(name: &str) -> bool {
    let trimmed = name.trim();
    !trimmed.is_empty() && trimmed == name && name.chars().count() <= 100 && !name.chars().any(char::is_control)
}

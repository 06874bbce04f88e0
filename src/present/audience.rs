//! Who reads or watches: what each may hear of.

use crate::domain::plan::Class;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Operator,
    Customer,
    Buyer,
}

impl Audience {
    /// `operator`, `customer` or `buyer`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Customer => "customer",
            Self::Buyer => "buyer",
        }
    }

    /// The highest class of evidence it may hear of.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::Operator => Class::Locked,
            Self::Customer => Class::Tenant,
            Self::Buyer => Class::Public,
        }
    }
}

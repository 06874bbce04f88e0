//! The names things have. Each id is its own type, so that a role can never be handed where a step is meant.

use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt, sync::Arc};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                d.deserialize_str(Text).map(Self)
            }
        }

        impl $name {
            /// The id as it is written in files and on the command line.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    )*};
}

/// Reads text straight into shared text: a long ledger is mostly ids.
struct Text;

impl serde::de::Visitor<'_> for Text {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(text.into())
    }
}

ids! {
    /// A plan: the template a room follows, e.g. `first-customer`.
    PlanId;
    /// A room, which is its tenant: `[a-z0-9-]{1,64}`.
    TenantId;
    /// A gate and the stage it guards, e.g. `paid-beta`.
    GateId;
    /// A role that somebody has to hold, e.g. `tenant-owner`.
    RoleId;
    /// A function people act in, e.g. `operator`, `finance`.
    FunctionId;
    /// A step of the timeline, e.g. `access-proof`.
    StepId;
    /// A task, unique within its step, e.g. `close-pack`.
    TaskId;
    /// A scope field, e.g. `billing_route`.
    FieldId;
    /// A proof: a command whose output shows something.
    ProofId;
    /// A place evidence attaches to, e.g. `billing-evidence`.
    TargetId;
    /// A launch motion: how this customer is sold to.
    MotionId;
    /// An activation group: env names that are collected together.
    GroupId;
    /// An outside dependency, e.g. `stripe`.
    DependencyId;
    /// A kind of document that requirements ask for, e.g. `support-fallback`.
    DocumentId;
    /// One line of a gate, written `gate/slug`.
    RequirementId;
    /// One check inside a bundle, e.g. `stripe-checkout`.
    CheckId;
    /// One execution of a proof.
    RunId;
    /// A signed exclusion, e.g. `X2`.
    ExclusionId;
}

impl TenantId {
    /// Whether a text can be one. Such a text is also a name that a folder may have, and needs no escape in an address.
    #[must_use]
    pub fn fits(text: &str) -> bool {
        (1..=64).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    }
}

impl RequirementId {
    /// Joins a gate and a slug: `paid-beta` + `billing` is `paid-beta/billing`.
    #[must_use]
    pub fn new(gate: &GateId, slug: &str) -> Self {
        format!("{gate}/{slug}").into()
    }

    /// The part after the gate.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.as_str().split_once('/').map_or(self.as_str(), |(_, slug)| slug)
    }

    /// The part before the slug.
    #[must_use]
    pub fn gate(&self) -> &str {
        self.as_str().split_once('/').map_or("", |(gate, _)| gate)
    }
}

/// SHA-256 of some bytes, written as 64 lower-case hex digits.
#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The `prev` of a ledger's first entry.
    pub const ZERO: Self = Self([0; 32]);

    /// SHA-256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Reads 64 lower-case hex digits; anything else is `None`.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != 64 {
            return None;
        }
        let mut out = [0; 32];
        // A digit that is none has high bits; collecting them all leaves no branch in the loop.
        let mut wrong = 0;
        for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
            let (high, low) = (NIBBLES[usize::from(pair[0])], NIBBLES[usize::from(pair[1])]);
            wrong |= high | low;
            *byte = high << 4 | low & 15;
        }
        (wrong < 16).then_some(Self(out))
    }

    /// 64 lower-case hex digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        self.0.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char]).collect()
    }

    /// `9c41…e07a`: enough for two people on a call to compare.
    #[must_use]
    pub fn short(&self) -> String {
        let hex = self.to_hex();
        format!("{}…{}", &hex[..4], &hex[60..])
    }
}

/// The value of each lower-case hex digit; 255 for every other byte.
const NIBBLES: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_str(Hex)
    }
}

struct Hex;

impl serde::de::Visitor<'_> for Hex {
    type Value = Digest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("64 lower-case hex digits")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
        Digest::from_hex(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Other("something else"), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_64_lower_case_hex_digits_and_nothing_else() {
        let digest = Digest::of(b"x");
        let hex = digest.to_hex();
        assert_eq!(Digest::from_hex(&hex), Some(digest));
        assert_eq!(serde_json::from_value::<Digest>(hex.clone().into()).ok(), Some(digest));
        for i in 0..64 {
            for byte in ["g", "A", "/", ":", "`", " ", "\0"] {
                let mut other = hex.clone();
                other.replace_range(i..=i, byte);
                assert_eq!(Digest::from_hex(&other), None, "{other}");
            }
        }
        assert_eq!(Digest::from_hex(&hex[1..]), None);
        assert_eq!(Digest::from_hex(&(hex + "0")), None);
    }
}

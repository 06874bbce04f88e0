//! Small drawing tools that know nothing of the cockpit: styled lines, wrapped text, rules.

mod ink;
mod put;

pub use ink::{Ink, clean, fit, rule, rule_from, width, wrap};
pub use put::put;

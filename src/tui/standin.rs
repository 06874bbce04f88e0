//! The use cases as the cockpit calls them. Goes away once it names them itself.

pub use crate::app::edit::edit;
pub use crate::app::open::{Opened, evaluate as evaluated, open};
pub use crate::domain::apply::inverse;
pub use crate::domain::gate::{evaluate, evaluate_assuming};

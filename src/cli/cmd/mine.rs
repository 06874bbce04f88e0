//! What is one's own: the roles and functions that `[me]` of the settings names.

use crate::app::error::{Error, Kind};
use crate::cli::context::Context;
use crate::domain::plan::Party;

/// One's own roles and functions, by id.
pub struct Mine(Vec<String>);

/// Those of the settings.
///
/// # Errors
/// `Usage` when the settings name none.
pub fn of(cx: &Context<'_>) -> Result<Mine, Error> {
    let ids: Vec<String> = cx.settings.roles.value.iter().chain(&cx.settings.functions.value).cloned().collect();
    if ids.is_empty() {
        let why = "the settings name no role and no function under [me]";
        return Err(Error::new(Kind::Usage, "nobody knows what is yours", why)
            .hint("set roles or functions there: launchroom config path"));
    }
    Ok(Mine(ids))
}

impl Mine {
    /// Whether one of them owes it.
    pub fn owes(&self, party: &Party) -> bool {
        self.owns(party.as_str())
    }

    /// Whether this role or function is one of them.
    pub fn owns(&self, id: &str) -> bool {
        self.0.iter().any(|own| own == id)
    }
}

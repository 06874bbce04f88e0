//! How it stands, asked from outside, and conflicts that a person settles.

use super::picture::seen;
use super::{RemoteStore, key};
use crate::app::error::{Error, Kind};
use crate::app::ports::RoomStore as _;
use crate::app::sync::{Link, Synced, Take};
use crate::infra::http::queue::{self, Item};

impl Synced for RemoteStore {
    fn link(&self) -> Link {
        self.stands()
    }

    fn wake(&self) {
        self.bell.ring();
    }

    fn exchange(&self) -> Result<bool, Error> {
        self.ask()
    }

    fn resolve(&self, number: u64, take: Take) -> Result<(), Error> {
        let _turn = self.turn();
        let gone = || Error::new(Kind::Usage, "this conflict is settled already", "");
        let item = queue::list(&self.parts.mirror)?.into_iter().find(|item| item.number == number).ok_or_else(gone)?;
        match take {
            Take::Theirs => queue::drop(&self.parts.mirror, number)?,
            Take::Mine => {
                // Made again on the room as it is now: what is there now is what it knowingly goes over.
                let now = self.files()?.load()?;
                self.may(&now, &item.change).map_err(|refused| {
                    let what = format!("`{}` was not sent again", item.what);
                    Error::new(Kind::Refused, what, refused.why).hint("drop it: launchroom sync --take theirs")
                })?;
                let seen = seen(&now.room, &item.change);
                queue::write(&self.parts.mirror, &Item { seen, parked: None, key: key()?, ..item })?;
            }
        }
        self.bell.ring();
        Ok(())
    }
}

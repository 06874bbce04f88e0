//! A dossier is looked at, and written; on a worker.

use super::typed_path;
use crate::app::error::{Error, Kind};
use crate::app::export::{self, Exported, Wish};
use crate::app::open;
use crate::app::ports::RoomStore;
use crate::format::dossier::told;
use crate::present::words;
use crate::tui::Cockpit;
use crate::tui::effect::{DossierWish, WriteDossier};
use crate::tui::msg::Looked;

/// What it would hold.
pub fn look(cockpit: &Cockpit, store: &dyn RoomStore, wish: &DossierWish) -> Result<Looked, Error> {
    let made = made(cockpit, store, wish)?;
    let lines = told(&made.dossier, &made.files, made.bytes.len());
    let upper = |label: &str| label.get(..1).map_or_else(String::new, |first| first.to_uppercase() + &label[1..]);
    let lines = lines.into_iter().map(|(label, text)| (upper(label), text)).collect();
    Ok(Looked { lines, head: made.dossier.head.hash })
}

/// Writes it, when the room is still the one that was looked at. The answer says where, and what is in it.
pub fn write(cockpit: &Cockpit, store: &dyn RoomStore, wanted: &WriteDossier) -> Result<String, Error> {
    let made = made(cockpit, store, &wanted.wish)?;
    if made.dossier.head.hash != wanted.head {
        return Err(Error::new(Kind::Conflict, "nothing was written", "the room changed after this was looked at"));
    }
    let path = (cockpit.create)(&typed_path(cockpit, &wanted.path), &made.bytes)?;
    let (place, dossier) = (path.display(), &made.dossier);
    let check = if made.files.len() > 1 { format!(". Anybody checks it with: launchroom verify {place}") } else { String::new() };
    Ok(format!(
        "Wrote {place}: a dossier for the {}, {}; {} as they are, {} withheld, head {} #{}{check}",
        dossier.audience.as_str(),
        words::size(made.bytes.len() as u64),
        words::count(dossier.included(), "entry", "entries"),
        dossier.withheld(),
        dossier.head.hash.short(),
        dossier.head.seq,
    ))
}

fn made(cockpit: &Cockpit, store: &dyn RoomStore, wish: &DossierWish) -> Result<Exported, Error> {
    let opened = open::open(store, cockpit.clock.as_ref())?;
    let wish = Wish {
        audience: wish.audience,
        as_of: None,
        include: wish.include.clone(),
        form: wish.form,
        secrets: export::secrets(&opened.snapshot.plan, |name| cockpit.env.get(name).cloned()),
    };
    export::export_of(store, &opened, &wish)
}

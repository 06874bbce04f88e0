//! A dossier from the cockpit: for whom and in which form, looked at before it is written.

use super::room::sentence;
use crate::app::error::{Error, Kind};
use crate::app::export;
use crate::domain::ledger::chain::Head;
use crate::present::audience::Audience;
use crate::tui::effect::{DossierWish, Effect, WriteDossier};
use crate::tui::model::form::{Field, FieldInput, Form, Preview, Purpose};
use crate::tui::model::text::TextInput;
use crate::tui::model::{Facts, Model, Overlay};
use crate::tui::msg::Looked;

const AUDIENCES: [(Audience, &str); 3] = [
    (Audience::Buyer, "buyer: what is public"),
    (Audience::Customer, "customer: what is the tenant's, too"),
    (Audience::Operator, "operator: everything but locked bytes"),
];

const FORMS: [(export::Form, &str); 4] = [
    (export::Form::Zip, "zip: page, ledger and evidence, checkable offline"),
    (export::Form::Html, "html: one page to read"),
    (export::Form::Markdown, "md: text to paste"),
    (export::Form::Json, "json: for programs"),
];

/// `D`: asks for whom and in which form, and shows what would go in.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let audiences = AUDIENCES.map(|(audience, label)| (audience.as_str().to_owned(), label.to_owned()));
    let forms = FORMS.map(|(form, label)| (form.as_str().to_owned(), label.to_owned()));
    let file = file_name(&facts, Audience::Buyer.as_str(), export::Form::Zip.as_str());
    let form = Form::new(Purpose::Dossier, "Export a dossier", "write it")
        .field(Field::choice("audience", "For", audiences.to_vec(), Audience::Buyer.as_str()))
        .field(Field::choice("form", "As", forms.to_vec(), export::Form::Zip.as_str()))
        .field(Field::text("file", "File", "a new file, from where this was started; nothing is written over", &file))
        .field(Field::text(
            "include",
            "Include",
            "numbers of records a buyer gets although nobody can search them, e.g. 12, 14",
            "",
        ));
    super::forms::show(model, form)
}

fn file_name(facts: &Facts, audience: &str, form: &str) -> String {
    format!("{}-{audience}.{form}", facts.room.tenant.id)
}

/// Asks what would go in, when that is another thing than what was asked for last. The file's name follows, unless
/// somebody typed one.
pub fn look(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let head = Head::of(&facts.snapshot.ledger.entries).hash;
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    let (name, wish) = (file_name(&facts, form.value("audience"), form.value("form")), wish(form));
    let number = model.numbers.preview + 1;
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    if let Some(file) = form.fields.iter_mut().find(|field| field.id == "file").filter(|field| !field.is_changed()) {
        (file.input, file.was) = (FieldInput::Text(TextInput::new(name.as_str())), name);
    }
    let wish = match wish {
        Ok(wish) => wish,
        Err(why) => {
            (form.preview, form.looked_at) = (Preview::Refused(why), None);
            return Vec::new();
        }
    };
    let asked = Some((wish.clone(), head));
    if form.looked_at == asked {
        return Vec::new();
    }
    (form.preview, form.looked_at) = (Preview::Asked(number), asked);
    model.numbers.preview = number;
    vec![Effect::LookAtDossier { number, wish }]
}

/// What the form asks for.
fn wish(form: &Form) -> Result<DossierWish, String> {
    let audience = AUDIENCES.iter().find(|(audience, _)| audience.as_str() == form.value("audience"));
    let of = FORMS.iter().find(|(of, _)| of.as_str() == form.value("form"));
    let numbers = form.value("include").split([',', ' ']).map(|word| word.trim().trim_start_matches('#'));
    let include: Result<Vec<u64>, String> = numbers
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().map_err(|_| format!("{word} is no number of a record")))
        .collect();
    Ok(DossierWish {
        audience: audience.map_or(Audience::Buyer, |(audience, _)| *audience),
        form: of.map_or(export::Form::Zip, |(of, _)| *of),
        include: include?,
    })
}

/// What would go in is known. An answer to an older question is dropped.
pub fn looked_at(model: &mut Model, number: u64, outcome: Result<Looked, Error>) -> Vec<Effect> {
    if let Some(Overlay::Form(form)) = model.overlays.last_mut()
        && form.preview == Preview::Asked(number)
    {
        form.preview = match outcome {
            Ok(looked) => Preview::Holds(looked),
            Err(error) => Preview::Refused(in_full(&error)),
        };
    }
    Vec::new()
}

/// Writes what was looked at, and nothing else.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let busy = model.writing > 0;
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    let path = form.value("file").trim().to_owned();
    let wanted = match (&form.preview, &form.looked_at) {
        // Why not stands there already.
        (Preview::Refused(_), _) => return Vec::new(),
        (Preview::Holds(_), _) if path.is_empty() => Err("Name a file"),
        (Preview::Holds(_), _) if busy => Err("Another change is being written; Enter again writes this"),
        (Preview::Holds(looked), Some((wish, _))) => Ok(WriteDossier { wish: wish.clone(), path, head: looked.head }),
        (Preview::Holds(_) | Preview::None | Preview::Asked(_) | Preview::Known(_), _) => {
            Err("What goes in is still being looked at")
        }
    };
    match wanted {
        Ok(wanted) => {
            form.error = None;
            model.writing += 1;
            vec![Effect::WriteDossier(Box::new(wanted))]
        }
        Err(why) => {
            form.error = Some(why.to_owned());
            Vec::new()
        }
    }
}

/// It is on disk, or is not and why.
pub fn written(model: &mut Model, outcome: Result<String, Error>) -> Vec<Effect> {
    model.writing = model.writing.saturating_sub(1);
    let form = match model.overlays.last_mut() {
        Some(Overlay::Form(form)) if form.purpose == Purpose::Dossier => Some(form),
        _ => None,
    };
    match (outcome, form) {
        (Ok(said), form) => {
            if form.is_some() {
                model.overlays.pop();
            }
            model.drafts.retain(|draft| draft.purpose != Purpose::Dossier);
            model.say(said);
            Vec::new()
        }
        (Err(error), Some(form)) => {
            form.error = Some(in_full(&error));
            // What moved meanwhile is looked at again, and Enter writes that.
            if error.kind == Kind::Conflict { vec![Effect::Load] } else { Vec::new() }
        }
        (Err(error), None) => {
            model.complain(sentence(&error));
            Vec::new()
        }
    }
}

/// A refusal says by file and rule what must not leave: all of it, and then what to do.
fn in_full(error: &Error) -> String {
    let rest: Vec<&str> = error.why.lines().skip(1).collect();
    if rest.is_empty() {
        return sentence(error);
    }
    let first = sentence(&Error::new(error.kind, error.what.as_str(), error.why.as_str()));
    let hint = error.hint.iter().map(String::as_str);
    [first.as_str()].into_iter().chain(rest).chain(hint).collect::<Vec<_>>().join("\n")
}

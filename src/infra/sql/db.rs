//! What the statements need of a database, whichever it is.

use super::SCHEMA;
use crate::app::error::{Error, Kind};
use crate::app::host::shelf::Heard;

/// A value that goes in.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    Text(&'a str),
    Int(i64),
    Bytes(&'a [u8]),
    Null,
}

impl<'a> Arg<'a> {
    pub fn text(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }

    pub fn int(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Int)
    }
}

/// A value that comes out.
#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    Text(String),
    Int(i64),
    Bytes(Vec<u8>),
    Null,
}

/// One row, value by value from the left.
pub struct Row(pub std::vec::IntoIter<Out>);

impl Row {
    pub fn text(&mut self) -> Result<String, Error> {
        match self.0.next() {
            Some(Out::Text(text)) => Ok(text),
            _ => Err(odd()),
        }
    }

    pub fn maybe_text(&mut self) -> Result<Option<String>, Error> {
        match self.0.next() {
            Some(Out::Text(text)) => Ok(Some(text)),
            Some(Out::Null) => Ok(None),
            _ => Err(odd()),
        }
    }

    pub fn int(&mut self) -> Result<i64, Error> {
        match self.0.next() {
            Some(Out::Int(number)) => Ok(number),
            _ => Err(odd()),
        }
    }

    pub fn maybe_int(&mut self) -> Result<Option<i64>, Error> {
        match self.0.next() {
            Some(Out::Int(number)) => Ok(Some(number)),
            Some(Out::Null) => Ok(None),
            _ => Err(odd()),
        }
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>, Error> {
        match self.0.next() {
            Some(Out::Bytes(bytes)) => Ok(bytes),
            _ => Err(odd()),
        }
    }
}

fn odd() -> Error {
    Error::new(Kind::Integrity, "the database is not read", "a value is not of its column's kind")
}

/// Within a transaction.
pub trait Tx {
    /// What a statement answers.
    ///
    /// # Errors
    /// `Storage`.
    fn rows(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Vec<Row>, Error>;

    /// How many rows a statement touched.
    ///
    /// # Errors
    /// `Storage`.
    fn run(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64, Error>;

    /// What makes a `select` keep its rows from other writers, where the transaction itself does not.
    fn for_update(&self) -> &'static str;

    /// Tells other servers, once committed, that a room has gone on.
    ///
    /// # Errors
    /// `Storage`.
    fn ring(&mut self, tenant: &str) -> Result<(), Error>;

    /// Tells other servers, once committed, who listens here.
    ///
    /// # Errors
    /// `Storage`.
    fn tell_here(&mut self, told: &str) -> Result<(), Error>;
}

/// What a transaction may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// To read one tenant's rows.
    Read(&'a str),
    /// To write them.
    Write(&'a str),
    /// What belongs to no tenant: tokens, and whose rooms there are.
    House,
}

/// A database.
pub trait Db: Send + Sync {
    /// Where it is, without credentials.
    fn place(&self) -> String;

    /// Whether other servers may write to it.
    fn is_shared(&self) -> bool;

    /// Runs `work` in a transaction, which is committed and on disk when this returns `Ok`, and undone otherwise.
    ///
    /// # Errors
    /// What `work` says; `Storage`.
    fn within(&self, scope: Scope<'_>, work: &mut dyn FnMut(&mut dyn Tx) -> Result<(), Error>) -> Result<(), Error>;

    /// Calls back when another server changes something, until the process ends.
    fn listen(&self, _heard: Heard) {}
}

/// The error for what a database says. Its texts name tables and constraints, never values.
pub fn failed(what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::Storage, what, error.to_string().replace('\n', " "))
}

/// Whether this program can work with a schema of this version.
///
/// # Errors
/// `Storage` for a newer one.
pub fn known_version(found: i64) -> Result<(), Error> {
    if found <= SCHEMA {
        return Ok(());
    }
    let why = format!("its schema has version {found}, and this launchroom knows {SCHEMA}");
    Err(Error::new(Kind::Storage, "the database is not used", why).hint("a newer launchroom wrote it: start that one"))
}

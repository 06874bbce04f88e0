//! SQLite in a file of the server's own. Write-ahead log, and every commit synced: what was answered is on disk.

use super::SCHEMA;
use super::db::{Arg, Db, Out, Row, Scope, Tx, failed, known_version};
use super::tidy::{self, Tidy};
use crate::app::error::{Error, Kind};
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Others wait so long for a lock: `token create` beside a server that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pages of the log that are too many, 64 MiB.
const LARGE: u32 = 16_384;

/// Statements that stay prepared.
const PREPARED: usize = 64;

/// A database file, open.
pub struct Sqlite {
    path: PathBuf,
    writer: Arc<Mutex<Connection>>,
    /// Who reads does not wait for who writes.
    readers: Vec<Mutex<Connection>>,
    /// For a server, which commits often.
    tidy: Option<Tidy>,
    /// Held by the one server that serves from this file.
    _only: Option<File>,
}

impl Sqlite {
    /// Opens the file, and makes it when it is not there. `only` is for a server: there is one on a file, since it remembers
    /// the rooms.
    ///
    /// # Errors
    /// `Conflict` when another server has it, `Storage` when it cannot be used.
    pub fn open(path: &Path, only: bool) -> Result<Self, Error> {
        let storage = |error: std::io::Error| failed(&format!("the database {} cannot be made", path.display()), &error);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(storage)?;
        }
        // Made here, so that nobody else may read it: SQLite gives its other files the mode of this one.
        let made = fs::OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path).map_err(storage)?;
        made.sync_all().map_err(storage)?;
        // Before SQLite opens it: closing any descriptor of a file ends all locks that this process has on it, and another
        // process would then take the log away from under us.
        drop(made);
        let lock = if only { Some(lock(path)?) } else { None };
        let mut writer = connect(path)?;
        migrate(&mut writer)?;
        let readers = (0..4).map(|_| connect(path).map(Mutex::new)).collect::<Result<_, _>>()?;
        if only {
            // Within a commit only when the log has become large all the same.
            let _ = writer.pragma_update(None, "wal_autocheckpoint", LARGE);
            // Where there is no room for it the log grows as it is written.
            let _ = tidy::lengthen(path);
        }
        let writer = Arc::new(Mutex::new(writer));
        let tidy = if only { Some(Tidy::start(connect(path)?, Arc::clone(&writer))) } else { None };
        Ok(Self { tidy, path: path.to_owned(), writer, readers, _only: lock })
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        let free = self.readers.iter().find_map(|reader| reader.try_lock().ok());
        free.unwrap_or_else(|| self.readers[0].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn lock(path: &Path) -> Result<File, Error> {
    let beside = path.with_extension("lock");
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&beside);
    let file = file.map_err(|error| failed("the database cannot be locked", &error))?;
    if rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok() {
        return Ok(file);
    }
    let why = "another launchroom serves from it";
    Err(Error::new(Kind::Conflict, format!("{} is in use", path.display()), why)
        .hint("several servers share one PostgreSQL: --database postgres://…"))
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let what = format!("the database {} cannot be opened", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| failed(&what, &error))?;
    connection.busy_timeout(PATIENCE).map_err(|error| failed(&what, &error))?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    let pragmas = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off;";
    connection.execute_batch(pragmas).map_err(|error| failed(&what, &error))?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let what = "the database cannot be made ready";
    let told = |error: rusqlite::Error| failed(what, &error);
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(told)?;
    let found: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(told)?;
    known_version(found)?;
    if found == 0 {
        tx.execute_batch(include_str!("sqlite.sql")).map_err(told)?;
        tx.pragma_update(None, "user_version", SCHEMA).map_err(told)?;
    }
    tx.commit().map_err(told)
}

impl Db for Sqlite {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn within(&self, scope: Scope<'_>, work: &mut dyn FnMut(&mut dyn Tx) -> Result<(), Error>) -> Result<(), Error> {
        let (connection, begin) = match scope {
            Scope::Read(_) => (self.reader(), "begin"),
            Scope::Write(_) | Scope::House => (self.writer.lock().unwrap_or_else(PoisonError::into_inner), "begin immediate"),
        };
        let run = |sql: &str| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        run(begin).map_err(|error| failed("the database does not answer", &error))?;
        let done = work(&mut Within(&connection));
        let ended = match done {
            Ok(()) => run("commit").map(drop).map_err(|error| failed("the database did not save", &error)),
            Err(error) => Err(error),
        };
        if ended.is_err() && !connection.is_autocommit() {
            let _ = run("rollback");
        }
        if let (Ok(()), Some(tidy), false) = (&ended, &self.tidy, matches!(scope, Scope::Read(_))) {
            tidy.committed();
        }
        ended
    }
}

struct Within<'c>(&'c Connection);

/// To SQLite `$2` is a name, numbered by where it first stands; `?2` is the second value, as `$2` is to PostgreSQL.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl Tx for Within<'_> {
    fn rows(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        let told = |error: rusqlite::Error| failed("the database did not answer", &error);
        let mut statement = self.0.prepare_cached(&numbered(sql)).map_err(told)?;
        let width = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(args)).map_err(told)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(told)? {
            let values: Result<Vec<Out>, _> = (0..width).map(|at| row.get::<_, Value>(at).map(value)).collect();
            out.push(Row(values.map_err(told)?.into_iter()));
        }
        Ok(out)
    }

    fn run(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64, Error> {
        let told = |error: rusqlite::Error| failed("the database did not save", &error);
        let mut statement = self.0.prepare_cached(&numbered(sql)).map_err(told)?;
        statement.execute(rusqlite::params_from_iter(args)).map(|count| count as u64).map_err(told)
    }

    fn for_update(&self) -> &'static str {
        ""
    }

    fn ring(&mut self, _tenant: &str) -> Result<(), Error> {
        Ok(())
    }

    fn tell_here(&mut self, _told: &str) -> Result<(), Error> {
        Ok(())
    }
}

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Int(number) => ValueRef::Integer(number),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}

fn value(value: Value) -> Out {
    match value {
        Value::Text(text) => Out::Text(text),
        Value::Integer(number) => Out::Int(number),
        Value::Blob(bytes) => Out::Bytes(bytes),
        Value::Null | Value::Real(_) => Out::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(path: &Path) -> PathBuf {
        path.with_extension("db-wal")
    }

    fn issue(db: &Sqlite, id: i64) {
        let id = format!("id-{id}");
        let sql = "insert into token (id, hash, name, role, tenants, made) values ($1, $1, 'Ada', 'viewer', '*', 1)";
        db.within(Scope::House, &mut |tx| tx.run(sql, &[Arg::Text(&id)]).map(drop)).unwrap();
    }

    fn count(db: &Sqlite) -> i64 {
        let mut found = 0;
        let mut read = |tx: &mut dyn Tx| -> Result<(), Error> {
            found = tx.rows("select count(*) from token", &[])?[0].int()?;
            Ok(())
        };
        db.within(Scope::Read(""), &mut read).unwrap();
        found
    }

    #[test]
    fn a_log_begins_anew_in_its_own_place_instead_of_growing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.db");
        let db = Sqlite::open(&path, true).unwrap();
        let long = fs::metadata(log(&path)).unwrap().len();
        // Four times what the log holds.
        for id in 0..4 * long as i64 / 12_000 {
            issue(&db, id);
        }
        assert!(fs::metadata(log(&path)).unwrap().len() <= long + long / 4);
    }

    #[test]
    fn what_was_committed_is_there_after_a_crash_whatever_follows_it_in_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.db");
        let db = Sqlite::open(&path, true).unwrap();
        let crashed = folder.path().join("crashed.db");
        for id in 0..700 {
            issue(&db, id);
            if id % 90 == 0 {
                for (from, to) in [(&path, &crashed), (&log(&path), &log(&crashed))] {
                    fs::copy(from, to).unwrap();
                }
                assert_eq!(count(&Sqlite::open(&crashed, true).unwrap()), id + 1);
            }
        }
    }
}

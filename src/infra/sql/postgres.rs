//! PostgreSQL, for several servers on one database. The server connects as whoever may make the schema, and acts as a role
//! that owns nothing: every statement sees one tenant's rows, and none changes history.

use super::SCHEMA;
use super::db::{Arg, Db, Out, Row, Scope, Tx, failed, known_version};
use crate::app::error::{Error, Kind};
use crate::app::host::shelf::{Heard, Word};
use ::postgres::config::{Host, SslMode};
use ::postgres::error::SqlState;
use ::postgres::types::{Format, IsNull, ToSql, Type, private::BytesMut};
use ::postgres::{Client, Config, NoTls, Statement, Transaction, fallible_iterator::FallibleIterator as _};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Connections at most; whoever wants another waits.
const MOST: usize = 8;
/// Where rooms that have gone on are told.
const CHANNEL: &str = "launchroom";
/// Where who listens is told.
const HERE: &str = "launchroom_here";
/// Serves one migration at a time, whoever starts.
const MIGRATION: i64 = 0x6c61_756e_6368;
/// Nothing the server asks takes longer.
const STATEMENT_MS: u32 = 30_000;

/// A database, and connections to it that are not in use.
pub struct Postgres {
    config: Config,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Line>,
    out: usize,
    writing: usize,
}

/// A connection, and what it knows already.
struct Line {
    client: Client,
    prepared: BTreeMap<String, Statement>,
}

/// A connection in use; it goes back however its use ends.
struct Taken<'p> {
    from: &'p Postgres,
    line: Option<Line>,
    writes: bool,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut pool = self.from.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.out = pool.out.saturating_sub(1);
        pool.writing = pool.writing.saturating_sub(usize::from(self.writes));
        pool.idle.extend(self.line.take().filter(|line| !line.client.is_closed()));
        drop(pool);
        self.from.returned.notify_all();
    }
}

impl Postgres {
    /// Connects, and makes the schema when it is not there.
    ///
    /// # Errors
    /// `Usage` for an address that is none, `Storage` when it does not answer or may not be used.
    pub fn open(address: &str) -> Result<Self, Error> {
        let mut config: Config = address.parse().map_err(|_| {
            // The parser's own words may hold the password.
            Error::new(Kind::Usage, "the database's address cannot be read", "it is no postgres://USER@HOST/NAME")
        })?;
        config.application_name("launchroom").connect_timeout(Duration::from_secs(10));
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(Duration::from_secs(30));
        let mut client = connect(&config)?;
        migrate(&mut client)?;
        let line = prepare(client)?;
        let pool = Pool { idle: vec![line], ..Pool::default() };
        Ok(Self { config, pool: Mutex::new(pool), returned: Condvar::new() })
    }

    /// Waits for one. Who decides on a change asks once more meanwhile: those who write never take all of them.
    fn take(&self, writes: bool) -> Taken<'_> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        while pool.out >= MOST || (writes && pool.writing >= MOST / 2) {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        pool.out += 1;
        pool.writing += usize::from(writes);
        let line = pool.idle.pop();
        Taken { from: self, line, writes }
    }

    fn fresh(&self) -> Result<Line, Error> {
        prepare(connect(&self.config)?)
    }
}

/// From here on it is the role that owns nothing.
fn prepare(mut client: Client) -> Result<Line, Error> {
    let sql = format!(
        "set search_path to launchroom; set role launchroom_app; set statement_timeout = {STATEMENT_MS}; \
         set idle_in_transaction_session_timeout = {STATEMENT_MS}; set synchronous_commit = on"
    );
    let what = "the database does not let the server act as launchroom_app";
    client.batch_execute(&sql).map_err(|error| told(what, &error))?;
    Ok(Line { client, prepared: BTreeMap::new() })
}

/// Fails on the outside when there was not even a beginning: then nothing was asked, and nothing done.
fn attempt(line: &mut Line, scope: Scope<'_>, work: Work<'_>) -> Result<Result<(), Error>, ::postgres::Error> {
    let tx = line.client.transaction()?;
    let mut within = Within { tx, prepared: &mut line.prepared };
    let mut done = Ok(());
    if let Scope::Read(tenant) | Scope::Write(tenant) = scope {
        // Until the transaction ends, and no longer: a connection goes from tenant to tenant.
        done = within.rows("select set_config('launchroom.tenant', $1, true)", &[Arg::Text(tenant)]).map(drop);
    }
    let done = done.and_then(|()| work(&mut within));
    Ok(done.and_then(|()| within.tx.commit().map_err(|error| told("the database did not save", &error))))
}

type Work<'a> = &'a mut dyn FnMut(&mut dyn Tx) -> Result<(), Error>;

impl Db for Postgres {
    fn place(&self) -> String {
        let host = self.config.get_hosts().first().map_or("localhost".to_owned(), |host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        format!("postgres {} on {host}", self.config.get_dbname().unwrap_or_default())
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn within(&self, scope: Scope<'_>, work: Work<'_>) -> Result<(), Error> {
        let mut taken = self.take(matches!(scope, Scope::Write(_)));
        if let Some(line) = &mut taken.line {
            match attempt(line, scope, work) {
                Ok(done) => return done,
                // The database was started anew while the connection lay idle.
                Err(_) if line.client.is_closed() => taken.line = None,
                Err(error) => return Err(told("the database does not answer", &error)),
            }
        }
        let line = taken.line.insert(self.fresh()?);
        attempt(line, scope, work).unwrap_or_else(|error| Err(told("the database does not answer", &error)))
    }

    fn listen(&self, heard: Heard) {
        let config = self.config.clone();
        let heard = Arc::new(heard);
        let named = thread::Builder::new().name("listen".into());
        // Without it every read still asks for the head; only those who listen are told late.
        let _ = named.spawn(move || {
            loop {
                let _ = listened(&config, &heard);
                thread::sleep(Duration::from_secs(1));
                // What was missed meanwhile.
                heard(Word::Missed);
            }
        });
    }
}

fn listened(config: &Config, heard: &Heard) -> Result<(), Error> {
    let mut client = connect(config)?;
    let listen = format!("listen {CHANNEL}; listen {HERE}");
    client.batch_execute(&listen).map_err(|error| told("the database does not tell", &error))?;
    heard(Word::Missed);
    let mut notifications = client.notifications();
    let mut told_of = notifications.blocking_iter();
    while let Ok(Some(notification)) = told_of.next() {
        heard(if notification.channel() == HERE {
            Word::Here(notification.payload())
        } else {
            Word::Changed(notification.payload())
        });
    }
    Ok(())
}

fn connect(config: &Config) -> Result<Client, Error> {
    let what = "the database does not let the server in";
    let is_near = config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()),
    });
    let open = config.get_ssl_mode() == SslMode::Disable || (is_near && config.get_ssl_mode() == SslMode::Prefer);
    if open {
        return config.connect(NoTls).map_err(|error| told(what, &error));
    }
    let mut config = config.clone();
    // Off this machine nothing is asked in the clear.
    config.ssl_mode(SslMode::Require);
    config.connect(super::tls::connector()?).map_err(|error| told(what, &error))
}

/// Its first line: what follows may show values.
fn told(what: &str, error: &::postgres::Error) -> Error {
    let why = error.as_db_error().map_or_else(|| causes(error), |db| db.message().to_owned());
    failed(what, &why.lines().next().unwrap_or_default())
}

fn causes(error: &::postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Servers of other databases may make the same role at the same moment: the lock below is one database's own.
const TRIES: u32 = 5;

fn migrate(client: &mut Client) -> Result<(), Error> {
    for _ in 1..TRIES {
        match migration(client) {
            Err(Undone::Raced) => {}
            Err(Undone::For(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
    migration(client).map_err(|undone| match undone {
        Undone::For(error) => error,
        Undone::Raced => failed("the database cannot be made ready", &"others make it ready at the same time; start again"),
    })
}

/// Why the schema was not made.
enum Undone {
    Raced,
    For(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::For(error)
    }
}

impl From<::postgres::Error> for Undone {
    fn from(error: ::postgres::Error) -> Self {
        // The last is how PostgreSQL says "tuple concurrently updated".
        if [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_OBJECT, SqlState::INTERNAL_ERROR]
            .iter()
            .any(|code| error.code() == Some(code))
        {
            return Self::Raced;
        }
        let hint = "its user makes the schema `launchroom` and the role `launchroom_app` once; where it may not, an administrator \
                    does: create role launchroom_app nologin; grant launchroom_app to USER; create schema launchroom authorization USER;";
        Self::For(told("the database cannot be made ready", &error).hint(hint))
    }
}

fn migration(client: &mut Client) -> Result<(), Undone> {
    let mut tx = client.transaction()?;
    tx.execute("select pg_advisory_xact_lock($1)", &[&MIGRATION])?;
    let is_there = "select exists (select 1 from pg_roles where rolname = 'launchroom_app')";
    let may_act = "select pg_has_role(current_user, 'launchroom_app', 'MEMBER')";
    if !tx.query_one(is_there, &[])?.get::<_, bool>(0) {
        // Whoever makes a role may from PostgreSQL 16 on not act as it before that is granted.
        tx.batch_execute("create role launchroom_app nologin; grant launchroom_app to current_user")?;
    } else if !tx.query_one(may_act, &[])?.get::<_, bool>(0) {
        tx.batch_execute("grant launchroom_app to current_user")?;
    }
    let has_schema = "select exists (select 1 from pg_namespace where nspname = 'launchroom')";
    if !tx.query_one(has_schema, &[])?.get::<_, bool>(0) {
        tx.batch_execute("create schema launchroom")?;
    }
    tx.batch_execute("set local search_path to launchroom")?;
    let has_version = "select exists (select 1 from pg_tables where schemaname = 'launchroom' and tablename = 'version')";
    if tx.query_one(has_version, &[])?.get::<_, bool>(0) {
        let found: i64 = tx.query_one("select version from version", &[])?.get(0);
        known_version(found)?;
        return Ok(tx.commit()?);
    }
    tx.batch_execute("grant usage on schema launchroom to launchroom_app; create table version (version bigint not null)")?;
    tx.batch_execute(include_str!("postgres.sql"))?;
    tx.execute("insert into version values ($1)", &[&SCHEMA])?;
    Ok(tx.commit()?)
}

struct Within<'l> {
    tx: Transaction<'l>,
    prepared: &'l mut BTreeMap<String, Statement>,
}

impl Within<'_> {
    fn statement(&mut self, sql: &str) -> Result<Statement, ::postgres::Error> {
        if let Some(known) = self.prepared.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.tx.prepare(sql)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn values<'a>(args: &'a [Arg<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}

impl Tx for Within<'_> {
    fn rows(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        let asked = self.statement(sql).and_then(|statement| self.tx.query(&statement, &values(args)));
        asked.map_err(|error| told("the database did not answer", &error))?.iter().map(row).collect()
    }

    fn run(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64, Error> {
        let asked = self.statement(sql).and_then(|statement| self.tx.execute(&statement, &values(args)));
        asked.map_err(|error| told("the database did not save", &error))
    }

    fn for_update(&self) -> &'static str {
        " for update"
    }

    fn ring(&mut self, tenant: &str) -> Result<(), Error> {
        self.run("select pg_notify('launchroom', $1)", &[Arg::Text(tenant)]).map(drop)
    }

    fn tell_here(&mut self, told: &str) -> Result<(), Error> {
        self.run("select pg_notify('launchroom_here', $1)", &[Arg::Text(told)]).map(drop)
    }
}

fn row(row: &::postgres::Row) -> Result<Row, Error> {
    let value = |at: usize| {
        let kind = row.columns()[at].type_();
        match *kind {
            Type::INT4 => row.try_get::<_, Option<i32>>(at).map(|found| found.map_or(Out::Null, |found| Out::Int(found.into()))),
            Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|found| found.map_or(Out::Null, Out::Int)),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at).map(|found| found.map_or(Out::Null, Out::Bytes)),
            _ => row.try_get::<_, Option<String>>(at).map(|found| found.map_or(Out::Null, Out::Text)),
        }
    };
    let values: Result<Vec<Out>, _> = (0..row.len()).map(value).collect();
    values.map(|values| Row(values.into_iter())).map_err(|error| told("the database did not answer", &error))
}

impl ToSql for Arg<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Text(text) => text.to_sql(ty, out),
            Self::Int(number) => number.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::BYTEA | Type::TEXT | Type::VARCHAR)
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.to_sql(ty, out)
    }

    fn encode_format(&self, _ty: &Type) -> Format {
        Format::Binary
    }
}

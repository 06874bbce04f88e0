//! PostgreSQL, for several servers on one database. The server connects as whoever may make the schema, and acts as a role
//! that owns nothing: every statement sees one tenant's rows, and none changes history.

use super::SCHEMA;
use super::db::{Arg, Db, Out, Row, Scope, Tx, failed, known_version};
use crate::app::error::{Error, Kind};
use crate::app::host::shelf::Heard;
use ::postgres::config::{Host, SslMode};
use ::postgres::types::{Format, IsNull, ToSql, Type, private::BytesMut};
use ::postgres::{Client, Config, NoTls, Transaction, fallible_iterator::FallibleIterator as _};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Connections at most; whoever wants another waits.
const MOST: usize = 8;
/// Where rooms that have gone on are told.
const CHANNEL: &str = "launchroom";
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
    idle: Vec<Client>,
    out: usize,
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
        let made = Self { config, pool: Mutex::default(), returned: Condvar::new() };
        Self::prepare(&mut client)?;
        made.give_back(Some(client));
        Ok(made)
    }

    /// From here on it is the role that owns nothing.
    fn prepare(client: &mut Client) -> Result<(), Error> {
        let sql = format!(
            "set search_path to launchroom; set role launchroom_app; set statement_timeout = {STATEMENT_MS}; \
             set idle_in_transaction_session_timeout = {STATEMENT_MS}; set synchronous_commit = on"
        );
        client.batch_execute(&sql).map_err(|error| failed("the database does not let the server act as launchroom_app", &error))
    }

    fn take(&self) -> Result<Client, Error> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        while pool.idle.is_empty() && pool.out >= MOST {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        pool.out += 1;
        let idle = pool.idle.pop();
        drop(pool);
        match idle.filter(|client| !client.is_closed()) {
            Some(client) => Ok(client),
            None => self.fresh().inspect_err(|_| self.give_back(None)),
        }
    }

    fn fresh(&self) -> Result<Client, Error> {
        let mut client = connect(&self.config)?;
        Self::prepare(&mut client)?;
        Ok(client)
    }

    fn give_back(&self, client: Option<Client>) {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.out = pool.out.saturating_sub(1);
        pool.idle.extend(client.filter(|client| !client.is_closed()));
        drop(pool);
        self.returned.notify_one();
    }

    fn attempt(client: &mut Client, scope: Scope<'_>, work: Work<'_>) -> Result<(), Error> {
        let mut tx = client.transaction().map_err(|error| told("the database does not answer", &error))?;
        if let Scope::Read(tenant) | Scope::Write(tenant) = scope {
            // Until the transaction ends, and no longer: a connection goes from tenant to tenant.
            tx.execute("select set_config('launchroom.tenant', $1, true)", &[&tenant])
                .map_err(|error| told("the database does not answer", &error))?;
        }
        work(&mut Within(&mut tx))?;
        tx.commit().map_err(|error| told("the database did not save", &error))
    }
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
        let mut client = self.take()?;
        let done = Self::attempt(&mut client, scope, work);
        self.give_back(Some(client));
        done
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
                heard(None);
            }
        });
    }
}

fn listened(config: &Config, heard: &Heard) -> Result<(), Error> {
    let mut client = connect(config)?;
    client.batch_execute(&format!("listen {CHANNEL}")).map_err(|error| told("the database does not tell", &error))?;
    heard(None);
    let mut notifications = client.notifications();
    let mut told_of = notifications.blocking_iter();
    while let Ok(Some(notification)) = told_of.next() {
        heard(Some(notification.payload()));
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

fn migrate(client: &mut Client) -> Result<(), Error> {
    let what = "the database cannot be made ready";
    let failed = |error: ::postgres::Error| {
        told(what, &error).hint(
            "its user makes the schema `launchroom` and the role `launchroom_app` once; where it may not, an administrator \
             does: create role launchroom_app nologin; grant launchroom_app to USER; create schema launchroom authorization USER;",
        )
    };
    let mut tx = client.transaction().map_err(failed)?;
    tx.execute("select pg_advisory_xact_lock($1)", &[&MIGRATION]).map_err(failed)?;
    let is_there = "select exists (select 1 from pg_roles where rolname = 'launchroom_app')";
    if !tx.query_one(is_there, &[]).map_err(failed)?.get::<_, bool>(0) {
        tx.batch_execute("create role launchroom_app nologin").map_err(failed)?;
    }
    let may_act = "select pg_has_role(current_user, 'launchroom_app', 'MEMBER') and not (select rolsuper from pg_roles where rolname = current_user)";
    if !tx.query_one(may_act, &[]).map_err(failed)?.get::<_, bool>(0) {
        tx.batch_execute("grant launchroom_app to current_user").map_err(failed)?;
    }
    let has_schema = "select exists (select 1 from pg_namespace where nspname = 'launchroom')";
    if !tx.query_one(has_schema, &[]).map_err(failed)?.get::<_, bool>(0) {
        tx.batch_execute("create schema launchroom").map_err(failed)?;
    }
    tx.batch_execute("set local search_path to launchroom").map_err(failed)?;
    let has_version = "select exists (select 1 from pg_tables where schemaname = 'launchroom' and tablename = 'version')";
    if tx.query_one(has_version, &[]).map_err(failed)?.get::<_, bool>(0) {
        let found: i64 = tx.query_one("select version from version", &[]).map_err(failed)?.get(0);
        return known_version(found);
    }
    tx.batch_execute("grant usage on schema launchroom to launchroom_app; create table version (version bigint not null)")
        .map_err(failed)?;
    tx.batch_execute(include_str!("postgres.sql")).map_err(failed)?;
    tx.execute("insert into version values ($1)", &[&SCHEMA]).map_err(failed)?;
    tx.commit().map_err(failed)
}

struct Within<'t, 'c>(&'t mut Transaction<'c>);

impl Tx for Within<'_, '_> {
    fn rows(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
        let rows = self.0.query(sql, &args).map_err(|error| told("the database did not answer", &error))?;
        rows.iter().map(row).collect()
    }

    fn run(&mut self, sql: &str, args: &[Arg<'_>]) -> Result<u64, Error> {
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
        self.0.execute(sql, &args).map_err(|error| told("the database did not save", &error))
    }

    fn for_update(&self) -> &'static str {
        " for update"
    }

    fn ring(&mut self, tenant: &str) -> Result<(), Error> {
        self.run("select pg_notify('launchroom', $1)", &[Arg::Text(tenant)]).map(drop)
    }
}

fn row(row: &::postgres::Row) -> Result<Row, Error> {
    let value = |at: usize| {
        let kind = row.columns()[at].type_();
        match *kind {
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

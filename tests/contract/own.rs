//! What only PostgreSQL promises: that it holds the server to one tenant and to its history, and that several servers on one
//! database are one.

use crate::backend::{Now, TENANT, asks, edit};
use crate::cluster::{self, connect};
use crate::desk::Desk;
use crate::served::{On, Served};
use crate::store::chain;
use crate::wire::{HERE, now, whole_ledger};
use launchroom::app::error::{Error, Kind};
use launchroom::app::host::{Hosted, House, shelf::Shelf};
use launchroom::app::ports::RoomStore as _;
use launchroom::infra::sql::{Postgres, SqlShelf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A database that a server made ready, with rooms of two tenants in it.
fn ready() -> Option<Served> {
    cluster::shared()?;
    let served = Served::on(On::Postgres).bring_in("acme");
    for tenant in [TENANT, "acme"] {
        let visitor = served.visitor().with(&served.token("operator", "Ada", &["--tenant", tenant]));
        assert_eq!(now(&visitor, &[crate::wire::asks("one"), crate::wire::asks("two")]).status, 200);
        let bytes = tenant.as_bytes();
        let path = format!("/api/platform/evidence/blobs/{}", launchroom::domain::ids::Digest::of(bytes).to_hex());
        assert_eq!(visitor.put(&path, bytes).status, 204);
    }
    Some(served)
}

/// A connection as the role that the server acts in.
fn acting(address: &str) -> postgres::Client {
    let mut client = connect(address);
    client.batch_execute("set search_path to launchroom; set role launchroom_app").unwrap();
    client
}

fn count(client: &mut postgres::Client, table: &str) -> i64 {
    client.query_one(&format!("select count(*) from {table}"), &[]).unwrap().get(0)
}

const OF_TENANTS: [&str; 5] = ["room", "entry", "blob", "blob_part", "answer"];

#[test]
fn a_question_that_names_no_tenant_finds_nothing_and_one_that_names_one_finds_its_own() {
    let Some(served) = ready() else { return };
    let mut client = acting(&served.database);
    for table in OF_TENANTS {
        assert_eq!(count(&mut client, table), 0, "{table}");
    }
    client.execute("select set_config('launchroom.tenant', 'acme', false)", &[]).unwrap();
    for (table, own) in [("room", 1), ("entry", 2), ("blob", 1), ("blob_part", 1)] {
        assert_eq!(count(&mut client, table), own, "{table}");
        let foreign = format!("select count(*) from {table} where tenant = 'northwind'");
        assert_eq!(client.query_one(&foreign, &[]).unwrap().get::<_, i64>(0), 0, "{table}");
    }
    let smuggled = client.execute("insert into entry (tenant, seq, line) values ('northwind', 99, 'x')", &[]).unwrap_err();
    assert!(smuggled.to_string().contains("db error"), "{smuggled}");
    assert!(smuggled.as_db_error().unwrap().message().contains("row-level security"), "{smuggled:?}");
    assert_eq!(client.execute("update room set text = 'x' where tenant = 'northwind'", &[]).unwrap(), 0);
    client.execute("select set_config('launchroom.tenant', '', false)", &[]).unwrap();
    assert_eq!(count(&mut client, "room"), 0);
}

#[test]
fn the_role_that_acts_owns_nothing_and_changes_no_history() {
    let Some(served) = ready() else { return };
    let mut client = acting(&served.database);
    let owned = "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = 'launchroom_app')";
    assert_eq!(client.query_one(owned, &[]).unwrap().get::<_, i64>(0), 0);
    let marks = "select relname, relrowsecurity and relforcerowsecurity from pg_class \
                 where relnamespace = 'launchroom'::regnamespace and relkind = 'r'";
    for row in client.query(marks, &[]).unwrap() {
        let (table, forced): (String, bool) = (row.get(0), row.get(1));
        assert_eq!(forced, OF_TENANTS.contains(&table.as_str()), "{table}");
    }
    client.execute("select set_config('launchroom.tenant', 'acme', false)", &[]).unwrap();
    for sql in [
        "update entry set line = 'x'",
        "delete from entry",
        "truncate entry",
        "delete from room",
        "update blob_part set bytes = ''",
        "delete from blob_part",
        "delete from blob",
        "delete from token",
        "delete from tenant",
        "update answer set body = 'x'",
        "update version set version = 0",
        "alter table entry disable trigger all",
        "alter table entry no force row level security",
        "drop policy own on entry",
        "drop table entry cascade",
        "create table launchroom.other (id int)",
        "create role another",
    ] {
        let error = client.batch_execute(sql).expect_err(sql);
        let code = error.code().unwrap().code();
        assert_eq!(code, "42501", "{sql}: {error:?}");
    }
    // Nor does whoever owns the tables by mistake.
    let mut owner = connect(&served.database);
    for sql in ["update launchroom.entry set line = 'x'", "delete from launchroom.entry", "truncate launchroom.entry"] {
        let error = owner.batch_execute(sql).expect_err(sql);
        assert!(error.as_db_error().unwrap().message().contains("append-only"), "{sql}: {error:?}");
    }
}

#[test]
fn two_servers_on_one_database_hear_each_other_and_never_fork_the_chain() {
    let Some(first) = ready() else { return };
    let mut second = Served::at(Desk::empty(), first.database.clone(), Vec::new());
    second.start(&[]);
    let (ada, bo) = (first.somebody("operator", "Ada"), second.somebody("operator", "Bo"));
    let (mut here, mut there) = (ada.events(&format!("{HERE}/events"), &[]), bo.events(&format!("{HERE}/events"), &[]));
    // Both listen from now on: who is here was said.
    assert!(here.next().is_some() && there.next().is_some());
    for round in 0..20 {
        let (writes, hears, name) = if round % 2 == 0 { (&ada, &mut there, "Ada") } else { (&bo, &mut here, "Bo") };
        let start = Instant::now();
        assert_eq!(now(writes, &[crate::wire::asks(&format!("{round}"))]).status, 200);
        let (_, line) = hears.entry().unwrap();
        assert!(
            line.contains(&format!("\"by\":\"{name}\"")) && start.elapsed() < Duration::from_secs(1),
            "{:?}",
            start.elapsed()
        );
        // Whoever wrote hears it, too.
        if round % 2 == 0 { here.entry() } else { there.entry() }.unwrap();
    }
    std::thread::scope(|scope| {
        for visitor in [&ada, &bo, &ada, &bo] {
            scope.spawn(move || {
                let mut made = 0;
                while made < 25 {
                    let told = now(visitor, &[crate::wire::asks("at the same time")]);
                    assert!(matches!(told.status, 200 | 409), "{told:?}");
                    made += usize::from(told.status == 200);
                }
            });
        }
    });
    let (one, two) = (whole_ledger(&ada).0, whole_ledger(&bo).0);
    assert_eq!(one, two);
    assert_eq!(one.lines().count(), 2 + 20 + 100);
}

#[test]
fn stores_of_several_processes_that_write_at_the_same_time_make_one_chain() {
    let Some(served) = ready() else { return };
    let hosted = || {
        let home = tempfile::tempdir().unwrap();
        let shelf: Arc<dyn Shelf> =
            Arc::new(SqlShelf::new(Box::new(Postgres::open(&served.database).unwrap()), None, home.path().into()));
        Hosted { house: Arc::new(House::new(shelf, Arc::new(Now))), tenant: TENANT.to_owned() }
    };
    let houses: Vec<Hosted> = (0..4).map(|_| hosted()).collect();
    std::thread::scope(|scope| {
        for house in houses.iter().cycle().take(12) {
            scope.spawn(move || (0..25).for_each(|n| drop(edit(house, "Ada", &asks(&n.to_string())).unwrap())));
        }
    });
    for house in &houses {
        assert_eq!(chain(house).len(), 2 + 12 * 25);
    }
}

#[test]
fn a_database_that_was_set_back_is_gone_on_from_where_it_is() {
    let Some(served) = ready() else { return };
    let ada = served.somebody("operator", "Ada");
    for n in 0..5 {
        assert_eq!(now(&ada, &[crate::wire::asks(&n.to_string())]).status, 200);
    }
    // As after a restore, or where a standby that was behind took over: the server still remembers more.
    let (lines, _) = whole_ledger(&ada);
    let line = lines.lines().nth(3).unwrap();
    let hash = serde_json::from_str::<serde_json::Value>(line).unwrap()["hash"].as_str().unwrap().to_owned();
    let mut owner = connect(&served.database);
    owner.batch_execute("set search_path to launchroom; alter table entry disable trigger user").unwrap();
    owner.batch_execute("delete from entry where tenant = 'northwind' and seq > 4").unwrap();
    owner.execute("update room set seq = 4, head = $1 where tenant = 'northwind'", &[&hash]).unwrap();
    owner.batch_execute("alter table entry enable trigger user").unwrap();
    assert_eq!(now(&ada, &[crate::wire::asks("from here")]).status, 200);
    let (after, _) = whole_ledger(&ada);
    let (entries, damage) =
        launchroom::format::ledger_jsonl::parse_after(launchroom::domain::ledger::chain::Head::START, after.as_bytes());
    assert_eq!((entries.len(), damage), (5, None));
    assert!(after.starts_with(&lines.lines().take(4).fold(String::new(), |text, line| text + line + "\n")));
}

#[test]
fn many_rooms_that_are_written_at_the_same_time_do_not_wait_for_each_other_forever() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.database();
    let home = tempfile::tempdir().unwrap();
    let shelf: Arc<dyn Shelf> = Arc::new(SqlShelf::new(Box::new(Postgres::open(&address).unwrap()), None, home.path().into()));
    let names: Vec<String> = (0..24).map(|n| format!("tenant-{n}")).collect();
    for name in &names {
        let local = crate::backend::file_of(name);
        launchroom::app::host::look_over(&*shelf, &*local.store, &Now, None).unwrap().take_in(&*shelf).unwrap();
    }
    // Fresh memory: deciding reads the room once more, on a connection of its own, while the first one is held.
    let house = Arc::new(House::new(shelf, Arc::new(Now)));
    std::thread::scope(|scope| {
        for name in &names {
            let room = Hosted { house: Arc::clone(&house), tenant: name.clone() };
            scope.spawn(move || {
                for n in 0..5 {
                    room.keep(launchroom::domain::plan::Class::Tenant, name.as_bytes()).unwrap();
                    edit(&room, "Ada", &asks(&n.to_string())).unwrap();
                    room.load().unwrap();
                }
            });
        }
    });
    for name in names {
        chain(&Hosted { house: Arc::clone(&house), tenant: name });
    }
}

#[test]
fn a_database_of_a_newer_version_is_not_used() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.database();
    drop(Postgres::open(&address).unwrap());
    connect(&address).batch_execute("update launchroom.version set version = 99").unwrap();
    let error = refused(&address);
    assert_eq!(error.kind, Kind::Storage);
    assert!(error.why.contains("version 99") && error.hint.unwrap().contains("newer launchroom"), "{}", error.why);
    let desk = Desk::empty();
    let told = desk.run(&["serve", "--bind", "127.0.0.1:0", "--database", &address]);
    assert!(told.code == 5 && told.err.contains("version 99"), "{told:?}");
}

fn refused(address: &str) -> Error {
    Postgres::open(address).err().expect("it is refused")
}

/// The name and database name of the user that an address is for.
fn user(cluster: &cluster::Cluster, name: &str, may: &str) -> String {
    let address = cluster.database();
    let database = address.split(['/', '?']).nth(3).unwrap().to_owned();
    connect(&address).batch_execute(&format!("create role {name} login {may}")).unwrap();
    cluster.address(&database, name)
}

#[test]
fn a_user_who_may_not_make_what_it_takes_is_told_what_an_administrator_does_and_that_is_enough() {
    let Some(cluster) = cluster::shared() else { return };
    // The role is the whole cluster's: whoever was first made it.
    drop(Postgres::open(&cluster.database()).unwrap());
    let address = user(cluster, "plain", "");
    let error = refused(&address);
    let hint = error.hint.clone().unwrap();
    assert!(error.kind == Kind::Storage && hint.contains("grant launchroom_app to USER"), "{error}");
    let told = Desk::empty().run(&["serve", "--bind", "127.0.0.1:0", "--database", &address]);
    assert!(told.code == 5 && told.err.contains("an administrator"), "{told:?}");
    // What the hint says, word by word.
    let administrator = address.replace("user=plain", "user=postgres");
    let said = hint.split("does: ").nth(1).unwrap().replace("USER", "plain").replace("create role launchroom_app nologin;", "");
    connect(&administrator).batch_execute(&said).unwrap();
    drop(Postgres::open(&address).unwrap());
    let mut plain = connect(&address);
    assert!(plain.batch_execute("set role launchroom_app; select count(*) from launchroom.room").is_ok());
}

#[test]
fn a_user_who_may_make_roles_needs_nobody() {
    let Some(cluster) = cluster::shared() else { return };
    let address = user(cluster, "makes_roles", "createrole");
    let database = address.split(['/', '?']).nth(3).unwrap();
    let administrator = address.replace("user=makes_roles", "user=postgres");
    connect(&administrator).batch_execute(&format!("grant create on database {database} to makes_roles")).unwrap();
    drop(Postgres::open(&address).unwrap());
    drop(Postgres::open(&address).unwrap());
}

#[test]
fn many_servers_that_start_at_once_make_it_ready_once() {
    let Some(cluster) = cluster::shared() else { return };
    let (same, other) = (cluster.database(), cluster.database());
    std::thread::scope(|scope| {
        for n in 0..8 {
            let address = if n % 2 == 0 { &same } else { &other };
            scope.spawn(move || drop(Postgres::open(address).unwrap()));
        }
    });
}

#[test]
fn an_address_that_is_wrong_is_told_without_the_password() {
    for (address, kind) in [
        ("postgres://ada:hunter2-secret@127.0.0.1:1/rooms", Kind::Storage),
        ("postgres://ada:hunter2-secret@nobody.invalid/rooms?sslmode=disable", Kind::Storage),
        ("postgres://ada:hunter2-secret@host:notaport/rooms", Kind::Usage),
        ("postgres://ada:hunter2-secret@host/rooms?nonsense=1", Kind::Usage),
    ] {
        let error = refused(address);
        assert_eq!(error.kind, kind, "{error}");
        let told = Desk::empty().run(&["serve", "--bind", "127.0.0.1:0", "--database", address]);
        for shown in [error.to_string(), format!("{error:?}"), told.err, told.out] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

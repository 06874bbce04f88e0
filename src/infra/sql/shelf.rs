//! The rooms of a server as rows: every statement, written once for both databases. Each names its tenant, and PostgreSQL
//! holds it to it once more.

use super::Folder;
use super::db::{Arg, Db, Row, Scope, Tx};
use super::upload::Uploading;
use crate::app::error::{Error, Kind};
use crate::app::host::shelf::{Answered, Decide, Heard, Key, PART, Shelf, Stored, Upload};
use crate::app::host::{Grant, Issued, Role, Tenants};
use crate::domain::ids::Digest;
use crate::domain::ledger::chain::Head;
use crate::format::api::PlanText;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;

/// Answers are kept so long: a change may wait on a laptop for weeks before it is sent again.
const ANSWERS_MS: i64 = 90 * 24 * 3600 * 1000;

/// Rooms in a database, and captured bytes there or in a folder.
pub struct SqlShelf {
    db: Box<dyn Db>,
    folder: Option<Folder>,
    /// Where bytes lie that are coming up.
    uploads: PathBuf,
}

impl SqlShelf {
    #[must_use]
    pub fn new(db: Box<dyn Db>, folder: Option<Folder>, uploads: PathBuf) -> Self {
        Self { db, folder, uploads }
    }

    fn ask<T>(&self, scope: Scope<'_>, mut work: impl FnMut(&mut dyn Tx) -> Result<T, Error>) -> Result<T, Error> {
        let mut found = None;
        self.db.within(scope, &mut |tx| {
            found = Some(work(tx)?);
            Ok(())
        })?;
        found.ok_or_else(|| Error::new(Kind::Storage, "the database did not answer", "a transaction ended by itself"))
    }
}

impl Shelf for SqlShelf {
    fn place(&self) -> String {
        self.db.place()
    }

    fn is_shared(&self) -> bool {
        self.db.is_shared()
    }

    fn ping(&self) -> Result<(), Error> {
        self.ask(Scope::Read(""), |tx| tx.rows("select 1", &[]).map(drop))
    }

    fn tenants(&self) -> Result<Vec<String>, Error> {
        self.ask(Scope::Read(""), |tx| tx.rows("select id from tenant order by id", &[])?.iter_mut().map(Row::text).collect())
    }

    fn head(&self, tenant: &str) -> Result<Option<Head>, Error> {
        self.ask(Scope::Read(tenant), |tx| {
            let mut rows = tx.rows("select seq, head from room where tenant = $1", &[Arg::Text(tenant)])?;
            rows.first_mut().map(head).transpose()
        })
    }

    fn read(&self, tenant: &str, after: u64) -> Result<Option<Stored>, Error> {
        self.ask(Scope::Read(tenant), |tx| stored(tx, tenant, after, ""))
    }

    fn write(&self, tenant: &str, after: u64, key: Option<&Key>, decide: Decide<'_>) -> Result<bool, Error> {
        self.ask(Scope::Write(tenant), |tx| {
            let lock = tx.for_update();
            let Some(before) = stored(tx, tenant, after, lock)? else { return Ok(false) };
            let answered = key.map(|key| answered(tx, tenant, key)).transpose()?.flatten();
            let Some(draft) = decide(&before, answered)? else { return Ok(true) };
            for (seq, line) in &draft.lines {
                let args = [Arg::Text(tenant), Arg::Int(int(*seq)), Arg::Text(line)];
                tx.run("insert into entry (tenant, seq, line) values ($1, $2, $3)", &args)?;
            }
            let text = draft.text.as_deref().unwrap_or(&before.text);
            let hash = draft.head.hash.to_hex();
            let args = [Arg::Text(tenant), Arg::Text(text), Arg::Int(int(draft.head.seq)), Arg::Text(&hash)];
            if tx.run("update room set text = $2, seq = $3, head = $4 where tenant = $1", &args)? != 1 {
                return Err(Error::new(Kind::Storage, "the database did not save", "the room went away meanwhile"));
            }
            if let (Some(key), Some(body)) = (key, &draft.answer) {
                remember(tx, tenant, key, body, draft.now)?;
            }
            if !draft.lines.is_empty() {
                tx.ring(tenant)?;
            }
            Ok(true)
        })
    }

    fn create(&self, tenant: &str, room: &Stored) -> Result<bool, Error> {
        self.ask(Scope::Write(tenant), |tx| {
            tx.run("insert into tenant (id) values ($1) on conflict do nothing", &[Arg::Text(tenant)])?;
            let (name, text) = room.plan.as_ref().map(|plan| (plan.name.as_str(), plan.text.as_str())).unzip();
            let hash = room.head.hash.to_hex();
            let args = [
                Arg::Text(tenant),
                Arg::Text(&room.text),
                Arg::text(name),
                Arg::text(text),
                Arg::Int(int(room.head.seq)),
                Arg::Text(&hash),
            ];
            let sql = "insert into room (tenant, text, plan_name, plan_text, seq, head) values ($1, $2, $3, $4, $5, $6) \
                       on conflict do nothing";
            if tx.run(sql, &args)? == 0 {
                return Ok(false);
            }
            for (seq, line) in (1..).zip(room.lines.split_inclusive('\n')) {
                let args = [Arg::Text(tenant), Arg::Int(seq), Arg::Text(line)];
                tx.run("insert into entry (tenant, seq, line) values ($1, $2, $3)", &args)?;
            }
            tx.ring(tenant)?;
            Ok(true)
        })
    }

    fn blobs(&self, tenant: &str) -> Result<BTreeSet<Digest>, Error> {
        if let Some(folder) = &self.folder {
            return folder.list(tenant);
        }
        self.ask(Scope::Read(tenant), |tx| {
            let mut rows = tx.rows("select digest from blob where tenant = $1", &[Arg::Text(tenant)])?;
            rows.iter_mut().map(digest).collect()
        })
    }

    fn blob_size(&self, tenant: &str, digest: &Digest) -> Result<Option<u64>, Error> {
        if let Some(folder) = &self.folder {
            return folder.size(tenant, digest);
        }
        self.ask(Scope::Read(tenant), |tx| {
            let args = [Arg::Text(tenant), Arg::Text(&digest.to_hex())];
            let mut rows = tx.rows("select size from blob where tenant = $1 and digest = $2", &args)?;
            rows.first_mut().map(|row| row.int().map(|size| size as u64)).transpose()
        })
    }

    fn blob_part(&self, tenant: &str, digest: &Digest, part: u32) -> Result<Vec<u8>, Error> {
        if let Some(folder) = &self.folder {
            return folder.part(tenant, digest, part);
        }
        self.ask(Scope::Read(tenant), |tx| {
            let args = [Arg::Text(tenant), Arg::Text(&digest.to_hex()), Arg::Int(part.into())];
            let sql = "select bytes from blob_part where tenant = $1 and digest = $2 and part = $3";
            Ok(tx.rows(sql, &args)?.first_mut().map(Row::bytes).transpose()?.unwrap_or_default())
        })
    }

    fn upload(&self) -> Result<Box<dyn Upload>, Error> {
        Ok(Box::new(Uploading::begin(&self.uploads)?))
    }

    fn put_blob(&self, tenant: &str, digest: &Digest, size: u64, bytes: &mut dyn Read) -> Result<(), Error> {
        if self.blob_size(tenant, digest)?.is_some() {
            return Ok(());
        }
        if let Some(folder) = &self.folder {
            return folder.put(tenant, digest, bytes);
        }
        self.ask(Scope::Write(tenant), |tx| {
            let hex = digest.to_hex();
            tx.run("insert into tenant (id) values ($1) on conflict do nothing", &[Arg::Text(tenant)])?;
            let args = [Arg::Text(tenant), Arg::Text(&hex), Arg::Int(int(size))];
            if tx.run("insert into blob (tenant, digest, size) values ($1, $2, $3) on conflict do nothing", &args)? == 0 {
                return Ok(());
            }
            let mut piece = vec![0; PART];
            for part in 0.. {
                let length = fill(bytes, &mut piece)?;
                if length == 0 {
                    break;
                }
                let bytes = piece.get(..length).unwrap_or_default();
                let args = [Arg::Text(tenant), Arg::Text(&hex), Arg::Int(part), Arg::Bytes(bytes)];
                tx.run("insert into blob_part (tenant, digest, part, bytes) values ($1, $2, $3, $4)", &args)?;
            }
            Ok(())
        })
    }

    fn grant(&self, hash: &Digest) -> Result<Option<Grant>, Error> {
        self.ask(Scope::Read(""), |tx| {
            let sql = "select id, name, role, tenants, expires, revoked from token where hash = $1";
            let mut rows = tx.rows(sql, &[Arg::Text(&hash.to_hex())])?;
            rows.first_mut().map(grant).transpose()
        })
    }

    fn issued(&self) -> Result<Vec<Issued>, Error> {
        self.ask(Scope::Read(""), |tx| {
            let sql = "select id, name, role, tenants, expires, revoked, made from token order by made, id";
            let mut rows = tx.rows(sql, &[])?;
            rows.iter_mut().map(|row| Ok(Issued { grant: grant(row)?, made: moment(row.int()?)? })).collect()
        })
    }

    fn issue(&self, grant: &Grant, hash: &Digest, now: Timestamp) -> Result<(), Error> {
        self.ask(Scope::House, |tx| {
            let (hash, tenants) = (hash.to_hex(), grant.tenants.to_text());
            let args = [
                Arg::Text(&grant.id),
                Arg::Text(&hash),
                Arg::Text(&grant.name),
                Arg::Text(grant.role.as_str()),
                Arg::Text(&tenants),
                Arg::int(grant.expires.map(Timestamp::as_millisecond)),
                Arg::Int(now.as_millisecond()),
            ];
            let sql = "insert into token (id, hash, name, role, tenants, expires, made) values ($1, $2, $3, $4, $5, $6, $7)";
            tx.run(sql, &args).map(drop)
        })
    }

    fn listen(&self, heard: Heard) {
        self.db.listen(heard);
    }

    fn tell_here(&self, told: &str) -> Result<(), Error> {
        self.ask(Scope::House, |tx| tx.tell_here(told))
    }

    fn revoke(&self, id: &str, now: Timestamp) -> Result<bool, Error> {
        self.ask(Scope::House, |tx| {
            let args = [Arg::Text(id), Arg::Int(now.as_millisecond())];
            // A second time keeps the first moment.
            Ok(tx.run("update token set revoked = coalesce(revoked, $2) where id = $1", &args)? > 0)
        })
    }
}

fn stored(tx: &mut dyn Tx, tenant: &str, after: u64, lock: &str) -> Result<Option<Stored>, Error> {
    let sql = format!("select text, plan_name, plan_text, seq, head from room where tenant = $1{lock}");
    let mut rows = tx.rows(&sql, &[Arg::Text(tenant)])?;
    let Some(row) = rows.first_mut() else { return Ok(None) };
    let text = row.text()?;
    let plan = row.maybe_text()?.zip(row.maybe_text()?).map(|(name, text)| PlanText { name, text });
    let head = head(row)?;
    let mut lines = String::new();
    if after < head.seq {
        let args = [Arg::Text(tenant), Arg::Int(int(after)), Arg::Int(int(head.seq))];
        let sql = "select line from entry where tenant = $1 and seq > $2 and seq <= $3 order by seq";
        for mut row in tx.rows(sql, &args)? {
            lines.push_str(&row.text()?);
        }
    }
    Ok(Some(Stored { text, plan, head, lines }))
}

fn answered(tx: &mut dyn Tx, tenant: &str, key: &Key) -> Result<Option<Answered>, Error> {
    let args = [Arg::Text(tenant), Arg::Text(&key.who), Arg::Text(&key.key)];
    let mut rows = tx.rows("select request, body from answer where tenant = $1 and who = $2 and key = $3", &args)?;
    let read = |row: &mut Row| Ok(Answered { request: digest(row)?, body: row.text()? });
    rows.first_mut().map(read).transpose()
}

fn remember(tx: &mut dyn Tx, tenant: &str, key: &Key, body: &str, now: Timestamp) -> Result<(), Error> {
    let request = key.request.to_hex();
    let at = now.as_millisecond();
    let args = [Arg::Text(tenant), Arg::Text(&key.who), Arg::Text(&key.key), Arg::Text(&request), Arg::Text(body), Arg::Int(at)];
    let sql = "insert into answer (tenant, who, key, request, body, at) values ($1, $2, $3, $4, $5, $6)";
    tx.run(sql, &args)?;
    let old = [Arg::Text(tenant), Arg::Text(&key.who), Arg::Int(at - ANSWERS_MS)];
    tx.run("delete from answer where tenant = $1 and who = $2 and at < $3", &old).map(drop)
}

fn head(row: &mut Row) -> Result<Head, Error> {
    Ok(Head { seq: row.int()? as u64, hash: digest(row)? })
}

fn digest(row: &mut Row) -> Result<Digest, Error> {
    let odd = || Error::new(Kind::Integrity, "the database is damaged", "a digest in it is none");
    Digest::from_hex(&row.text()?).ok_or_else(odd)
}

fn grant(row: &mut Row) -> Result<Grant, Error> {
    let (id, name, role) = (row.text()?, row.text()?, row.text()?);
    let odd = || Error::new(Kind::Integrity, "the database is damaged", format!("the token {id} has the role {role}"));
    let role = Role::named(&role).ok_or_else(odd)?;
    let tenants = Tenants::of(&row.text()?);
    let expires = row.maybe_int()?.map(moment).transpose()?;
    let revoked = row.maybe_int()?.map(moment).transpose()?;
    Ok(Grant { id, name, role, tenants, expires, revoked })
}

fn moment(milliseconds: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|error| Error::new(Kind::Integrity, "the database is damaged", error.to_string()))
}

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads until the piece is full or there is no more.
fn fill(bytes: &mut dyn Read, piece: &mut [u8]) -> Result<usize, Error> {
    let mut length = 0;
    while let Some(rest) = piece.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match bytes.read(rest) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) => return Err(super::db::failed("captured bytes were not saved", &error)),
        }
    }
    Ok(length)
}

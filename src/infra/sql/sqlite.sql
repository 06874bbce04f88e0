create table tenant (id text primary key) strict;

create table room (
    tenant text primary key references tenant (id),
    text text not null,
    plan_name text,
    plan_text text,
    seq integer not null,
    head text not null
) strict;

create table entry (
    tenant text not null references room (tenant),
    seq integer not null check (seq > 0),
    line text not null,
    primary key (tenant, seq)
) strict, without rowid;

create table blob (
    tenant text not null references tenant (id),
    digest text not null,
    size integer not null,
    primary key (tenant, digest)
) strict, without rowid;

create table blob_part (
    tenant text not null,
    digest text not null,
    part integer not null,
    bytes blob not null,
    primary key (tenant, digest, part),
    foreign key (tenant, digest) references blob (tenant, digest)
) strict;

create table answer (
    tenant text not null references tenant (id),
    who text not null,
    key text not null,
    request text not null,
    body text not null,
    at integer not null,
    primary key (tenant, who, key)
) strict, without rowid;

create table token (
    id text primary key,
    hash text not null unique,
    name text not null,
    role text not null,
    tenants text not null,
    expires integer,
    made integer not null,
    revoked integer
) strict;

-- What happened is not unmade, by nobody.
create trigger entry_is_not_changed before update on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger entry_is_not_removed before delete on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger blob_is_not_changed before update on blob_part begin select raise(abort, 'captured bytes do not change'); end;

create table tenant (id text primary key);

create table room (
    tenant text primary key references tenant (id),
    text text not null,
    plan_name text,
    plan_text text,
    seq bigint not null,
    head text not null
);

create table entry (
    tenant text not null references room (tenant),
    seq bigint not null check (seq > 0),
    line text not null,
    primary key (tenant, seq)
);

create table blob (
    tenant text not null references tenant (id),
    digest text not null,
    size bigint not null,
    primary key (tenant, digest)
);

create table blob_part (
    tenant text not null,
    digest text not null,
    part bigint not null,
    bytes bytea not null,
    primary key (tenant, digest, part),
    foreign key (tenant, digest) references blob (tenant, digest)
);

create table answer (
    tenant text not null references tenant (id),
    who text not null,
    key text not null,
    request text not null,
    body text not null,
    at bigint not null,
    primary key (tenant, who, key)
);

create table token (
    id text primary key,
    hash text not null unique,
    name text not null,
    role text not null,
    tenants text not null,
    expires bigint,
    made bigint not null,
    revoked bigint
);

-- What happened is not unmade, by nobody.
create function append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the ledger is append-only';
end
$$;
create trigger entry_is_append_only before update or delete on entry for each row execute function append_only();
create trigger entry_is_not_emptied before truncate on entry for each statement execute function append_only();

-- A statement that forgets its tenant finds nothing, and writes nothing.
alter table room enable row level security;
alter table room force row level security;
create policy own on room using (tenant = current_setting('launchroom.tenant', true));
alter table entry enable row level security;
alter table entry force row level security;
create policy own on entry using (tenant = current_setting('launchroom.tenant', true));
alter table blob enable row level security;
alter table blob force row level security;
create policy own on blob using (tenant = current_setting('launchroom.tenant', true));
alter table blob_part enable row level security;
alter table blob_part force row level security;
create policy own on blob_part using (tenant = current_setting('launchroom.tenant', true));
alter table answer enable row level security;
alter table answer force row level security;
create policy own on answer using (tenant = current_setting('launchroom.tenant', true));

-- The role that the server acts in owns nothing and changes no history.
grant select, insert on tenant to launchroom_app;
grant select, insert, update on room to launchroom_app;
grant select, insert on entry to launchroom_app;
grant select, insert on blob to launchroom_app;
grant select, insert on blob_part to launchroom_app;
grant select, insert, delete on answer to launchroom_app;
grant select, insert, update on token to launchroom_app;

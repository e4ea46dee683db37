-- why: one owner of everything that people define, with every version kept, and of who did what.

create table definition (
  kind text not null,
  key text not null,
  version integer not null check (version > 0),
  body jsonb not null,
  deleted boolean not null default false,
  actor text not null,
  at timestamptz not null,
  primary key (kind, key, version)
);

-- One row: how often this installation published. Whoever writes moves it on from what they read,
-- so two writers cannot both succeed.
create table catalogue_revision (
  single boolean primary key default true check (single),
  revision bigint not null
);
insert into catalogue_revision (revision) values (0);

-- Only the hash of a key is kept; the key itself is shown once.
create table write_key (
  id uuid primary key,
  hash text not null,
  site text not null,
  kind text not null check (kind in ('write', 'server')),
  name text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);
create unique index write_key_live on write_key (hash) where revoked_at is null;

-- Names of staff and what they changed; nothing of visitors but ids of profiles somebody looked at.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  operation text not null,
  target text not null,
  before jsonb,
  after jsonb
);
create index audit_at on audit (at);
create index audit_target on audit (target, id);

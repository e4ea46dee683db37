-- why: who may administrate, and who is logged in.

create table admin_user (
  name text primary key,
  password_hash text not null,
  roles text[] not null,
  disabled boolean not null default false,
  created_at timestamptz not null
);

-- Only the hash of a session's token is kept. expires_at is the nearer of the absolute and the idle
-- end; it is moved on while the session is used.
create table admin_session (
  token_hash text primary key,
  name text not null references admin_user (name) on delete cascade,
  expires_at timestamptz not null,
  created_at timestamptz not null
);
create index admin_session_name on admin_session (name);

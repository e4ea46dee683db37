-- why: profiles are kept in memory by their owners; a row is what a restart takes up again.

-- One visitor's whole state as UTF-8 JSON: convert_from(state, 'utf8')::jsonb shows it. Written behind
-- by the one owner of the shard, in the transaction that stores how far the shard has come.
-- personal: segmentation
create table profile (
  profile     uuid        not null primary key,
  site        text        not null,
  shard       smallint    not null,
  position    bigint      not null, -- of the newest event in the state; at or below it, events are in it already
  due_at      timestamptz,          -- when time alone changes a membership
  merged_into uuid,                 -- the profile this one went up in; kept so that it can be taken back
  state       bytea       not null,
  updated_at  timestamptz not null
) with (fillfactor = 80); -- room for the next version of a row beside it
create index profile_due on profile (due_at) where due_at is not null;

-- why: after a restart decisions take up what they need of every profile without reading whole states.

alter table profile
  add column shown_by bigint not null default 0,          -- the plan by which what follows is right; 0: ask the state
  add column version  bigint not null default 0,
  add column since    bigint not null default 0,          -- first seen, milliseconds since the epoch
  add column segments text   not null default '',         -- keys with spaces between
  add column fields   bytea  not null default '\x7b7d';   -- what decisions read, as UTF-8 JSON
update profile
  set segments = coalesce(
    (select string_agg(key, ' ' order by key collate "C")
       from json_object_keys(convert_from(state, 'utf8')::json -> 'segments') key), '')
  where merged_into is null;

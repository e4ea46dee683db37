-- why: a behaviour that is asked about later is counted from some position on, and its past is filled in from the log.

-- Behaviours that turned up together are one pass over the log. An event of a shard at or below "since" is the
-- business of the pass, one above it is counted as it is applied; so each counts once, also after a crash. Rows
-- are written before any profile that was counted by them; "position" and "over" after the profiles they are true of.
create table behaviour_pass (
  pass       int      not null,
  shard      smallint not null,
  behaviours text[]   not null, -- ids, as conditions give them
  since      bigint   not null,
  position   bigint   not null, -- up to here the past is filled in
  over       boolean  not null,
  primary key (pass, shard)
);

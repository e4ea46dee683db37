-- why: the event log is the record of everything; all other state is derived from it and says how far.

-- How far a component's stored state has followed the log. Written in the transaction that stores the state.
create table checkpoint (
  component text   not null,
  shard     int    not null,
  position  bigint not null,
  primary key (component, shard)
);

-- Hot tables are partitioned by day, so that retention drops partitions instead of deleting rows.
create function ensure_day_partitions(parent text, first_day date, days int) returns void
language plpgsql as $$
declare
  from_day date;
  name text;
begin
  for i in 0 .. days - 1 loop
    from_day := first_day + i;
    name := parent || '_' || to_char(from_day, 'YYYYMMDD');
    if to_regclass(name) is null then
      execute format('create table %I partition of %I for values from (%L) to (%L)',
                     name, parent, from_day::timestamp at time zone 'UTC',
                     (from_day + 1)::timestamp at time zone 'UTC');
    end if;
  end loop;
end $$;

-- personal: ingest
create table event_log (
  position    bigint      not null,
  received_at timestamptz not null,
  site        text        not null,
  message     uuid        not null,
  payload     bytea       not null
) partition by range (received_at);
create index event_log_position on event_log (position);
-- A net for rows that arrive before their day was made; empty in normal running.
create table event_log_default partition of event_log default;

-- A message counts once however often it is sent. Apart from the log, because a unique index over a
-- partitioned table would have to contain the day, and a retry may cross midnight.
-- personal: ingest
create table message_seen (
  message uuid not null primary key,
  seen    date not null
);

-- personal: ingest
create table dead_letter (
  id         bigint generated always as identity primary key,
  at         timestamptz not null,
  site       text not null,
  stage      text not null,
  reason     text not null,
  detail     text not null,
  message_id text not null,
  payload    text not null
);
create index dead_letter_at on dead_letter (at);

-- What visitors did who withheld consent: how many of each kind in an hour, and nothing else.
create table aggregate_count (
  site text        not null,
  hour timestamptz not null,
  type text        not null,
  n    bigint      not null,
  primary key (site, hour, type)
);

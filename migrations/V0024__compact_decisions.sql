-- why: a decision costs a tenth of the bytes when what many visitors share is written once a day.

-- A choice with its reasons, as it was made for anybody on that day: nearly all visitors are decided for
-- in one of a few ways. The number is a hash of the body. Being of a day, it goes with the decisions of
-- that day. rules are those that are among the reasons.
-- personal: decisioning (a reason may name a value that was read of one visitor)
create table decision_choice (
  day       timestamptz not null,
  number    bigint      not null,
  component text        not null,
  variant   text,
  rules     text[]      not null,
  body      json        not null,
  primary key (number, day)
) partition by range (day);
create index decision_choice_component on decision_choice (component, day);
create table decision_choice_default partition of decision_choice default;

-- What somebody who asked for a decision said they showed of it.
create table exposure (
  decision  uuid        not null,
  component text        not null,
  at        timestamptz not null,
  site      text        not null,
  primary key (decision, component, at)
) partition by range (at);
create table exposure_default partition of exposure default;

-- What is stored so far moves over. A NUL inside a text cannot be taken apart and is replaced.
create temporary table stored on commit drop as
  select decision, at, replace(body::text, '\u0000', '\ufffd')::json as body from decision;
create temporary table stored_choice on commit drop as
  select decision, at, c.place, c.choice::text as choice, date_trunc('day', at, 'UTC') as day,
         hashtextextended(c.choice::text, 0) as number
    from stored, lateral json_array_elements(body -> 'choices') with ordinality c(choice, place);
select ensure_day_partitions('decision_choice', (day at time zone 'UTC')::date, 1)
  from (select distinct day from stored_choice) days;
insert into decision_choice (day, number, component, variant, rules, body)
  select distinct on (number, day) day, number, choice::json ->> 'component', choice::json ->> 'variant',
         coalesce((select array_agg(distinct r ->> 'key') from json_array_elements(choice::json -> 'reasons') r
                    where r ->> 'kind' = 'rule'), '{}'),
         choice::json
    from stored_choice;

alter table decision
  add column choices bigint[] not null default '{}',     -- numbers, in the order of the components asked for
  add column signals bytea    not null default '\x7b7d'; -- what was read, as UTF-8 JSON
update decision d
  set signals = convert_to(coalesce(s.body -> 'signals', '{}')::text, 'utf8'),
      choices = coalesce((select array_agg(c.number order by c.place) from stored_choice c
                           where c.decision = d.decision and c.at = d.at), '{}')
  from stored s where s.decision = d.decision and s.at = d.at;
alter table decision
  drop column components, drop column variants, drop column rules, drop column body,
  alter column choices drop default, alter column signals drop default;

-- Removes whole days that lie before the first that is kept, and says which.
create function drop_day_partitions(parent text, first_kept date) returns text[]
language plpgsql as $$
declare
  name text;
  removed text[] := '{}';
begin
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = parent::regclass
       and c.relname ~ ('^' || parent || '_\d{8}$')
       and to_date(right(c.relname, 8), 'YYYYMMDD') < first_kept
     order by 1
  loop
    execute format('drop table %I', name);
    removed := removed || to_char(to_date(right(name, 8), 'YYYYMMDD'), 'YYYY-MM-DD');
  end loop;
  return removed;
end $$;

-- why: PostgreSQL's work for a row is the same whether it holds one decision or hundreds.

-- Finds the batch of a decision by its id.
create type uuid_range as range (subtype = uuid);

-- Decisions of one UTC day that were written together. Element n of the first group of lists is of
-- decision n. What most of them share is there once: scenes and choices name places, from 1, in the
-- second group and in the third. Where a page was decided without consent, its profile is null and
-- nothing else singles anybody out.
-- Lists are not compressed: that would cost more than all the rest, and ids do not yield.
-- personal: decisioning
create table decision_batch (
  lowest      uuid          not null, -- of the ids
  highest     uuid          not null,
  first       timestamptz   not null,
  last        timestamptz   not null,
  decisions   uuid[]        storage external not null,
  times       timestamptz[] storage external not null,
  profiles    uuid[]        storage external not null,
  scenes      smallint[]    storage external not null,
  choices     text[]        storage external not null, -- places with blanks between
  micros      bigint[]      storage external not null,
  signals     bytea[]       storage external not null, -- what was read, as UTF-8 JSON
  sites       text[]        storage external not null,
  modes       text[]        storage external not null,
  pages       text[]        storage external not null,
  consents    bigint[]      storage external not null, -- versions
  definitions text[]        storage external not null,
  numbers     bigint[]      storage external not null, -- of decision_choice
  primary key (lowest, last)
) partition by range (last);
create index decision_batch_last on decision_batch (last);
create index decision_batch_ids on decision_batch using gist (uuid_range(lowest, highest, '[]'));
create index decision_batch_profiles on decision_batch using gin (profiles);
-- A net for rows that arrive before their day was made; empty in normal running.
create table decision_batch_default partition of decision_batch default;

-- What is stored so far moves over, by the order of the ids, so that few batches may hold an id.
select ensure_day_partitions('decision_batch', day, 1)
  from (select distinct (at at time zone 'UTC')::date as day from decision) days;
create temporary table stored on commit drop as
  select *, dense_rank() over (partition by day, batch
                               order by site, mode, page, consent_version, definitions) as scene
    from (select *, (row_number() over (partition by day order by decision) - 1) / 500 as batch
            from (select *, date_trunc('day', at, 'UTC') as day from decision) dated) cut;
create temporary table stored_numbers on commit drop as
  select day, batch, array_agg(distinct number) as numbers
    from stored cross join lateral unnest(choices) as made(number) group by day, batch;
insert into decision_batch
  select decisions[1], decisions[cardinality(decisions)], first, last, decisions, times, profiles,
         scenes, choices, micros, signals, sites, modes, pages, consents, definitions,
         coalesce(numbers, '{}')
    from (select day, batch, min(at) as first, max(at) as last,
                 array_agg(decision order by decision) as decisions,
                 array_agg(at order by decision) as times,
                 array_agg(profile order by decision) as profiles,
                 array_agg(scene::smallint order by decision) as scenes,
                 array_agg(coalesce(places, '') order by decision) as choices,
                 array_agg(micros order by decision) as micros,
                 array_agg(signals order by decision) as signals
            from stored left join stored_numbers using (day, batch)
            cross join lateral (
              select string_agg(array_position(numbers, number)::text, ' ' order by place) as places
                from unnest(stored.choices) with ordinality as made(number, place)) as placed
           group by day, batch) as batches
    join (select day, batch, array_agg(site order by scene) as sites,
                 array_agg(mode order by scene) as modes, array_agg(page order by scene) as pages,
                 array_agg(consent_version order by scene) as consents,
                 array_agg(definitions order by scene) as definitions
            from (select distinct day, batch, scene, site, mode, page, consent_version, definitions
                    from stored) as scene
           group by day, batch) as scenery using (day, batch)
    left join stored_numbers using (day, batch);
drop table decision;

-- Each decision by itself, with that of its batch by which a batch is found.
create view decision as
  select made.decision, made.at, sites[made.scene] as site, modes[made.scene] as mode, made.profile,
         pages[made.scene] as page, consents[made.scene] as consent_version,
         batch.definitions[made.scene] as definitions, made.micros,
         array(select numbers[place::int]
                 from unnest(string_to_array(made.choices, ' ')) with ordinality as c(place, nth)
                order by nth) as choices,
         made.signals, lowest, highest, first, last, profiles, numbers
    from decision_batch as batch
    cross join lateral unnest(decisions, times, profiles, scenes, micros, batch.choices,
                              batch.signals)
      as made(decision, at, profile, scene, micros, choices, signals);

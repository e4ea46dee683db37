-- why: every decision is kept with its signals and reasons, so that it can be shown, explained and judged later.

-- A row is one page or call; components, variants ('component/variant') and rules are what it can be
-- found by, the body holds choices with their reasons and the signals that were read. Where a page was
-- decided without consent, profile is null and nothing in the row singles anybody out.
-- The body is json, not jsonb: it is written often and read seldom, and what visitors send may hold
-- escapes that jsonb refuses.
-- personal: decisioning
create table decision (
  decision        uuid        not null,
  at              timestamptz not null,
  site            text        not null,
  mode            text        not null,
  profile         uuid,
  page            text        not null,
  components      text[]      not null,
  variants        text[]      not null,
  rules           text[]      not null,
  consent_version bigint      not null,
  definitions     text        not null,
  micros          bigint      not null,
  body            json        not null,
  primary key (decision, at)
) partition by range (at);
create index decision_profile on decision (profile, at) where profile is not null;
create index decision_at on decision (at);
-- A net for rows that arrive before their day was made; empty in normal running.
create table decision_default partition of decision default;

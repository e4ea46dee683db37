-- why: which identifiers are one visitor has to survive a restart exactly as it was decided.

-- The identity graph as the journal of what was learnt, in the order of the log: folding the rows gives
-- the graph, and folding those up to a position gives the graph as it was there. Nothing is rewritten,
-- so every join keeps its evidence and can be taken back.
-- personal: identity
create table identity_link (
  position bigint   not null, -- of the event that showed it
  ordinal  smallint not null, -- where one event showed several things
  kind     text     not null check (kind in ('user', 'device', 'merge')),
  subject  uuid     not null, -- the identifier that leads to the profile, or the profile that went up in it
  profile  uuid     not null,
  evidence text     not null,
  primary key (position, ordinal)
);

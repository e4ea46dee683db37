-- why: a join that can be taken back keeps which identifiers showed it, and quarantines are remembered.

alter table identity_link drop constraint identity_link_kind_check;
alter table identity_link add constraint identity_link_kind_check check (
  kind in ('user', 'device', 'shared', 'merge', 'part', 'quarantine', 'release'));
alter table identity_link
  add column at    bigint not null default 0, -- when the event arrived, milliseconds since the epoch
  add column near  uuid, -- the identifier on the side of the profile that showed it
  add column other uuid; -- the identifier on the other side

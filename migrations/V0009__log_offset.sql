-- why: with the event log on Kafka, how far it is known here, and where in its topic a position stands.

-- All records of the partition before next_offset have positions up to this one, and their messages are
-- in message_seen: both are written in one transaction. One row for each stretch of positions; the newest
-- is moved on, those behind it are where a reader begins to look for a position.
create table log_offset (
  topic       text   not null,
  partition   int    not null,
  stretch     bigint not null,
  position    bigint not null,
  next_offset bigint not null,
  primary key (topic, partition, stretch)
) with (fillfactor = 50); -- the newest rows are rewritten with every commit

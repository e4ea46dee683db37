-- why: after a restart it has to be known which profiles still lack what they did before they were split.

create table identity_rebuilt (
  position bigint      not null primary key, -- of the split in the log
  at       timestamptz not null default now()
);

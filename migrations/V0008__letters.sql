-- why: what was turned down is taken again after a fix; a message id that comes again with another body is a mistake.

-- What a message said, as a hash over what matters of it; null for those from before.
alter table message_seen add column body bigint;

-- How it came in, so that it can be taken again, and what became of that.
alter table dead_letter add column origin text not null default '';
alter table dead_letter add column attempts int not null default 0;
alter table dead_letter add column retried_at timestamptz;
alter table dead_letter add column outcome text not null default '';

-- Those that wait for being taken, by why they were turned down.
create index dead_letter_open on dead_letter (reason, id)
  where outcome not in ('stored', 'duplicate', 'counted');

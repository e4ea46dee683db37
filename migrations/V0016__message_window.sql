-- why: what was seen long ago is forgotten some rows at a time, and must be found without reading the whole table.
-- Rows come in the order of their day, so a summary of blocks is enough and costs an insert nothing.
create index message_seen_day on message_seen using brin (seen) with (pages_per_range = 32, autosummarize = on);

-- why: a logged decision names the content of the definitions that decided; to decide it again, what was defined then has to be found by it.

-- The revision that a version of a definition came with; 0 for those from before this was kept.
alter table definition add column revision bigint not null default 0;

-- The first revision that had this content.
create table catalogue_content (
  version text primary key,
  revision bigint not null
);

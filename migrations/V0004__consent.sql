-- why: what visitors chose has to be provable later, so every change is kept, in order, chained by hash.

-- The newest record that names a key is what holds for it. Each hash covers the one before it and this
-- row, but of the keys only the salted hash in subject: so that keys and salt can be erased and the
-- chain still verifies.
-- personal: consent
create table consent_record (
  version  bigint      not null primary key, -- without gaps
  keys     uuid[]      not null,
  site     text        not null,
  purposes int         not null,
  at       timestamptz not null,
  source   text        not null,
  explicit boolean     not null,
  salt     uuid,
  subject  bytea       not null,
  hash     bytea       not null
);

-- Receipts are appended and kept; the one thing that may be taken out of them is whose they are.
create function consent_record_is_kept() returns trigger
language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.keys = '{}' and new.salt is null
     and (new.version, new.site, new.purposes, new.at, new.source, new.explicit, new.subject, new.hash)
       = (old.version, old.site, old.purposes, old.at, old.source, old.explicit, old.subject, old.hash)
  then
    return new;
  end if;
  raise exception 'consent records are only appended';
end $$;
create trigger consent_record_is_kept before update or delete on consent_record
  for each row execute function consent_record_is_kept();

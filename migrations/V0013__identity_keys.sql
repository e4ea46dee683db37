-- why: a site's servers sign identity tokens with keys that are made, listed and revoked like the others.

alter table write_key drop constraint write_key_kind_check;
alter table write_key add constraint write_key_kind_check check (kind in ('write', 'server', 'identity'));

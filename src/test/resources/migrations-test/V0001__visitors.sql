-- why: something to migrate in tests of the migrator
CREATE TABLE visitor (id bigint PRIMARY KEY, name text NOT NULL);

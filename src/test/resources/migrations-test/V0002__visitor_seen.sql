-- why: a second step, so that order matters
ALTER TABLE visitor ADD COLUMN seen timestamptz NOT NULL DEFAULT now();

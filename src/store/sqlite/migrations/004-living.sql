-- How far the transcript is: see interaction/transcript.ts.
ALTER TABLE interactions ADD COLUMN transcript TEXT;
-- Of an open one: when it was last heard of, in milliseconds since 1970.
ALTER TABLE interactions ADD COLUMN word_at INTEGER;
-- Of an open one that gathers messages one by one: how many there are, and the bytes of their JSON. Its body is then the
-- document without messages (interaction/gathered.ts). NULL where the body is the whole document.
ALTER TABLE interactions ADD COLUMN gathered INTEGER;
ALTER TABLE interactions ADD COLUMN gathered_bytes INTEGER;
UPDATE interactions SET word_at = unixepoch() * 1000 WHERE ended_at IS NULL;

CREATE INDEX interactions_customer ON interactions (account_id, customer_id);
CREATE INDEX interactions_open ON interactions (account_id, started_at, id) WHERE ended_at IS NULL;
CREATE INDEX interactions_idle ON interactions (account_id, word_at) WHERE ended_at IS NULL;

-- The messages of open interactions that gather them, in the order of arrival. With rowids: in a tree of the key itself each
-- comparison with a message that overflows its page reads all of it (4,000 small messages beside some of 1 MB: 495 ms for 11).
CREATE TABLE gathered_messages (
  account_id     TEXT NOT NULL REFERENCES accounts,
  interaction_id TEXT NOT NULL,
  message_id     TEXT NOT NULL,
  position       INTEGER NOT NULL,
  json           TEXT NOT NULL,
  PRIMARY KEY (account_id, interaction_id, message_id, position)
) STRICT;

-- What is left of erased interactions. Their ids are refused.
CREATE TABLE tombstones (
  account_id TEXT NOT NULL REFERENCES accounts,
  id         TEXT NOT NULL,
  revision   INTEGER NOT NULL,
  erased_at  INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tombstones_revision ON tombstones (account_id, revision);

-- The key of customerHash (store/customer-hash.ts), made when the first customer is erased.
ALTER TABLE accounts ADD COLUMN erasure_key BLOB;

-- Whose interactions are refused where they started at erased_at (microseconds since 1970) or before; an empty hash stands
-- for every customer.
CREATE TABLE erased_customers (
  account_id TEXT NOT NULL REFERENCES accounts,
  hash       BLOB NOT NULL,
  erased_at  INTEGER NOT NULL,
  PRIMARY KEY (account_id, hash)
) STRICT, WITHOUT ROWID;

-- What was erased when, without saying what it was.
CREATE TABLE erasures (
  account_id   TEXT NOT NULL REFERENCES accounts,
  erasure_id   TEXT NOT NULL,
  kind         TEXT NOT NULL,
  client_id    TEXT,
  requested_at INTEGER NOT NULL,
  interactions INTEGER NOT NULL,
  erased_at    INTEGER,
  purged_at    INTEGER,
  PRIMARY KEY (account_id, erasure_id)
) STRICT, WITHOUT ROWID;

-- What erasures that are not done have still to erase. It cannot be read meanwhile: all of the customer (NULL: of the
-- account) whose revision is not above this one.
CREATE TABLE erasing (
  account_id  TEXT NOT NULL REFERENCES accounts,
  erasure_id  TEXT NOT NULL,
  customer_id TEXT,
  revision    INTEGER NOT NULL,
  PRIMARY KEY (account_id, erasure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX erasing_customer ON erasing (account_id, customer_id, revision);
CREATE INDEX erasing_revision ON erasing (account_id, revision);

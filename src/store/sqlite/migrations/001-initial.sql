-- The account is the first column of every key. Only `keys` and `settings` are global.
-- Columns that end in _at hold microseconds since 1970 where they describe an interaction,
-- and milliseconds everywhere else.

CREATE TABLE accounts (
  account_id TEXT NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- The last revision given out. Every write takes the next ones in its own transaction.
  revision   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
  account_id  TEXT NOT NULL REFERENCES accounts,
  client_id   TEXT NOT NULL,
  name        TEXT NOT NULL,
  scope       TEXT NOT NULL,
  secret_hash TEXT,
  public_key  TEXT,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (account_id, client_id)
) STRICT, WITHOUT ROWID;

-- Assertions that were used, until they would be refused for their age anyway.
CREATE TABLE assertions (
  account_id TEXT NOT NULL,
  client_id  TEXT NOT NULL,
  jti        TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, client_id, jti)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  key_id     TEXT NOT NULL PRIMARY KEY,
  purpose    TEXT NOT NULL,
  material   BLOB NOT NULL,
  sealed     INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  retire_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE interactions (
  account_id  TEXT NOT NULL REFERENCES accounts,
  id          TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  customer_id TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  -- SHA-256 of the plain document, its first 16 bytes: equal hash, equal content.
  hash        BLOB NOT NULL,
  -- The document of an open interaction, as raw deflate, sync-flushed, with the CRC-32 and the length of its plain
  -- bytes. Those of ended ones are in runs.
  crc         INTEGER,
  length      INTEGER,
  body        BLOB,
  PRIMARY KEY (account_id, id),
  CHECK ((ended_at IS NULL) = (body IS NOT NULL))
) STRICT;

-- The listing: the documents of ended interactions in order of start, then id (BINARY collation of UTF-8 text is byte
-- order), some of each account in a row. A run is found by the place of its last document. See interactions/run.ts.
CREATE TABLE runs (
  account_id      TEXT NOT NULL REFERENCES accounts,
  last_started_at INTEGER NOT NULL,
  last_id         TEXT NOT NULL,
  count           INTEGER NOT NULL,
  -- CRC-32 and length of the plain documents with the commas between them.
  crc             INTEGER NOT NULL,
  length          INTEGER NOT NULL,
  body            BLOB NOT NULL,
  PRIMARY KEY (account_id, last_started_at, last_id)
) STRICT;

-- Where imports that were interrupted go on.
CREATE TABLE imports (
  account_id TEXT NOT NULL REFERENCES accounts,
  source     TEXT NOT NULL,
  state      TEXT NOT NULL,
  PRIMARY KEY (account_id, source)
) STRICT, WITHOUT ROWID;

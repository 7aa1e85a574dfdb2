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
  -- CRC-32 and length of the plain document: with them a gzip page is put together without inflating.
  crc         INTEGER NOT NULL,
  length      INTEGER NOT NULL,
  -- The document as raw deflate, sync-flushed.
  body        BLOB NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT;

-- The listing: ended interactions in order of start, then id (BINARY collation of UTF-8 text is byte order).
CREATE INDEX interactions_by_start ON interactions (account_id, started_at, id) WHERE ended_at IS NOT NULL;

-- Where imports that were interrupted go on.
CREATE TABLE imports (
  account_id TEXT NOT NULL REFERENCES accounts,
  source     TEXT NOT NULL,
  state      TEXT NOT NULL,
  PRIMARY KEY (account_id, source)
) STRICT, WITHOUT ROWID;

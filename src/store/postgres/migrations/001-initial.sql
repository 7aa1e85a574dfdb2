-- The account is the first column of every key but those of the global tables: accounts, keys, settings, migrations.
-- Columns that end in _at hold microseconds since 1970 where they describe an interaction, and milliseconds everywhere
-- else. Texts that are compared or ordered are so by their bytes. No foreign keys: every write to an account locks its
-- row in revisions, and what has none takes no writes.

CREATE TABLE parlance.accounts (
  account_id text COLLATE "C" NOT NULL PRIMARY KEY,
  name       text NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE parlance.keys (
  key_id     text COLLATE "C" NOT NULL PRIMARY KEY,
  purpose    text COLLATE "C" NOT NULL,
  material   bytea NOT NULL,
  sealed     boolean NOT NULL,
  created_at bigint NOT NULL,
  retire_at  bigint
);

CREATE TABLE parlance.settings (
  name  text COLLATE "C" NOT NULL PRIMARY KEY,
  value text NOT NULL
);

-- The last revision given out in each account. Every write locks it, and takes the next ones in its own transaction.
-- Not a column of accounts, which every machine of a cluster has a copy of.
CREATE TABLE parlance.revisions (
  account_id text COLLATE "C" NOT NULL PRIMARY KEY,
  revision   bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE parlance.clients (
  account_id  text COLLATE "C" NOT NULL,
  client_id   text COLLATE "C" NOT NULL,
  name        text NOT NULL,
  scope       text NOT NULL,
  secret_hash text,
  public_key  text,
  created_at  bigint NOT NULL,
  PRIMARY KEY (account_id, client_id)
);

-- Assertions that were used, until they would be refused for their age anyway.
CREATE TABLE parlance.assertions (
  account_id text COLLATE "C" NOT NULL,
  client_id  text COLLATE "C" NOT NULL,
  jti        text COLLATE "C" NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (account_id, client_id, jti)
);

-- Where imports that were interrupted go on.
CREATE TABLE parlance.imports (
  account_id text COLLATE "C" NOT NULL,
  source     text COLLATE "C" NOT NULL,
  state      text NOT NULL,
  PRIMARY KEY (account_id, source)
);

-- hash: SHA-256 of the plain document, its first 16 bytes: equal hash, equal content.
-- body: the document as raw deflate, sync-flushed; crc and length are those of its plain bytes.
CREATE TABLE parlance.interactions (
  account_id  text COLLATE "C" NOT NULL,
  id          text COLLATE "C" NOT NULL,
  revision    bigint NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  started_at  bigint NOT NULL,
  ended_at    bigint,
  hash        bytea NOT NULL,
  crc         bigint NOT NULL,
  length      bigint NOT NULL,
  body        bytea NOT NULL,
  PRIMARY KEY (account_id, id)
);

-- It is compressed already. Up to 4 KB stay in the row, two of them in a page; larger ones lie beside the table.
ALTER TABLE parlance.interactions ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE parlance.interactions SET (toast_tuple_target = 4080);

-- The listing, and what came after a revision.
CREATE INDEX interactions_listing ON parlance.interactions (account_id, started_at, id) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX interactions_revision ON parlance.interactions (account_id, revision);

-- How far the transcript is: see interaction/transcript.ts.
ALTER TABLE parlance.interactions ADD COLUMN transcript text;
-- Of an open one: when it was last heard of, in milliseconds since 1970.
ALTER TABLE parlance.interactions ADD COLUMN word_at bigint;
-- Of an open one that gathers messages one by one: how many there are, and the bytes of their JSON. Its body is then the
-- document without messages (interaction/gathered.ts). NULL where the body is the whole document.
ALTER TABLE parlance.interactions ADD COLUMN gathered bigint;
ALTER TABLE parlance.interactions ADD COLUMN gathered_bytes bigint;
UPDATE parlance.interactions SET word_at = (extract(epoch FROM now()) * 1000)::bigint WHERE ended_at IS NULL;

-- Statistics would keep samples of what is stored in the catalogue, also of what was erased. Those that are there go with a
-- type that is set anew, which writes no row, and sets the storage of bytes back.
ALTER TABLE parlance.interactions ALTER COLUMN customer_id TYPE text COLLATE "C";
ALTER TABLE parlance.interactions ALTER COLUMN body TYPE bytea;
ALTER TABLE parlance.interactions ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE parlance.interactions ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE parlance.interactions ALTER COLUMN customer_id SET STATISTICS 0;

CREATE INDEX interactions_customer ON parlance.interactions (account_id, customer_id, revision);
CREATE INDEX interactions_open ON parlance.interactions (account_id, started_at, id) WHERE ended_at IS NULL;
CREATE INDEX interactions_idle ON parlance.interactions (account_id, word_at) WHERE ended_at IS NULL;

-- The messages of open interactions that gather them, in the order of arrival.
CREATE TABLE parlance.gathered_messages (
  account_id     text COLLATE "C" NOT NULL,
  interaction_id text COLLATE "C" NOT NULL,
  message_id     text COLLATE "C" NOT NULL,
  position       bigint NOT NULL,
  json           text NOT NULL,
  PRIMARY KEY (account_id, interaction_id, message_id, position)
);
ALTER TABLE parlance.gathered_messages ALTER COLUMN json SET STATISTICS 0;

-- What is left of erased interactions. Their ids are refused.
CREATE TABLE parlance.tombstones (
  account_id text COLLATE "C" NOT NULL,
  id         text COLLATE "C" NOT NULL,
  revision   bigint NOT NULL,
  erased_at  bigint NOT NULL,
  reason     text NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX tombstones_revision ON parlance.tombstones (account_id, revision);

-- The key of customerHash (store/customer-hash.ts), made when the first customer is erased. In this table, since every
-- machine of a cluster has a copy of accounts.
ALTER TABLE parlance.revisions ADD COLUMN erasure_key bytea;
-- Whether anything was ever erased in the account: writes look for tombstones and erased customers only then. They lock this row
-- anyway.
ALTER TABLE parlance.revisions ADD COLUMN erased boolean NOT NULL DEFAULT false;

-- Whose interactions are refused where they started at erased_at (microseconds since 1970) or before; an empty hash stands
-- for every customer.
CREATE TABLE parlance.erased_customers (
  account_id text COLLATE "C" NOT NULL,
  hash       bytea NOT NULL,
  erased_at  bigint NOT NULL,
  PRIMARY KEY (account_id, hash)
);

-- What was erased when, without saying what it was.
CREATE TABLE parlance.erasures (
  account_id   text COLLATE "C" NOT NULL,
  erasure_id   text COLLATE "C" NOT NULL,
  kind         text NOT NULL,
  client_id    text,
  requested_at bigint NOT NULL,
  interactions bigint NOT NULL,
  erased_at    bigint,
  purged_at    bigint,
  PRIMARY KEY (account_id, erasure_id)
);
CREATE INDEX erasures_unpurged ON parlance.erasures (account_id) WHERE purged_at IS NULL;

-- What erasures that are not done have still to erase. It cannot be read meanwhile: all of the customer (NULL: of the
-- account) whose revision is not above this one.
CREATE TABLE parlance.erasing (
  account_id  text COLLATE "C" NOT NULL,
  erasure_id  text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C",
  revision    bigint NOT NULL,
  PRIMARY KEY (account_id, erasure_id)
);
ALTER TABLE parlance.erasing ALTER COLUMN customer_id SET STATISTICS 0;

-- What came after a revision, in order. Each is given out once.
CREATE UNIQUE INDEX interactions_revision ON interactions (account_id, revision);

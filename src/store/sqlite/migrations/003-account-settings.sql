-- What an account has chosen, as JSON: see AccountSettings in store.ts.
ALTER TABLE accounts ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

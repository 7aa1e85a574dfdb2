-- What an account has chosen, as JSON: see AccountSettings in store.ts.
ALTER TABLE parlance.accounts ADD COLUMN settings text NOT NULL DEFAULT '{}';

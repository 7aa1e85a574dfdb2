-- What the planner knows of accounts is which were large when it last looked. One that came since then it takes for a row or two, and
-- finds an interaction by its id in whichever index begins with the account, by reading all that the account has: 93 ms for 500 ids
-- among 52,000. Without statistics it takes each account for a two-hundredth of the table, and goes by the key.
ALTER TABLE parlance.interactions ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE parlance.tombstones ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE parlance.gathered_messages ALTER COLUMN account_id SET STATISTICS 0;
-- Those that are there go with a type that is set anew, which writes no row (partial indexes are made anew). Citus does not let the
-- column by which it distributes be altered: there they stay, where there are any.
DO $$ BEGIN IF to_regclass('pg_dist_partition') IS NULL THEN ALTER TABLE parlance.interactions ALTER COLUMN account_id TYPE text COLLATE "C"; END IF; END $$;
DO $$ BEGIN IF to_regclass('pg_dist_partition') IS NULL THEN ALTER TABLE parlance.tombstones ALTER COLUMN account_id TYPE text COLLATE "C"; END IF; END $$;
DO $$ BEGIN IF to_regclass('pg_dist_partition') IS NULL THEN ALTER TABLE parlance.gathered_messages ALTER COLUMN account_id TYPE text COLLATE "C"; END IF; END $$;

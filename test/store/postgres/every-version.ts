// What a version of PostgreSQL may break: what statements mean, how they are planned, and what makes the tables.
import './plans.test.ts'
import './migrate-living.test.ts'
import '../postgres.test.ts'

import { CLAIM_PREFIX, MAX_CLAIM } from '../claim.ts'
import type { Database } from './database.ts'
import { sql } from './statement.ts'

export function claims(database: Database) {
  return {
    async claim(work: string, holder: string, now: number, until: number): Promise<boolean> {
      const { count } = await database.run(
        sql(
          `INSERT INTO parlance.settings AS s (name, value) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value
           WHERE regexp_replace(s.value, ' [0-9]+$', '') = $3
             OR regexp_replace(s.value, '^.* ', '')::bigint NOT BETWEEN $4::bigint + 1 AND $5`,
          `${CLAIM_PREFIX}${work}`,
          `${holder} ${until}`,
          holder,
          now,
          now + MAX_CLAIM,
        ),
      )
      return count === 1
    },
  }
}

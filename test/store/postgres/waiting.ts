import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { integerIn } from '../../../src/store/postgres/wire/decode.ts'
import type { Statement } from '../../../src/store/postgres/wire/encode.ts'

/** Resolves when so many statements wait for a lock in the database. */
export function waiting(url: string, count: number): Promise<void> {
  return counted(
    url,
    count,
    sql(
      `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    ),
  )
}

/** Resolves when a role has no connection any more. */
export function gone(url: string, role: string): Promise<void> {
  return counted(url, 0, sql('SELECT count(*) FROM pg_stat_activity WHERE usename = $1', role))
}

async function counted(url: string, count: number, asked: Statement): Promise<void> {
  const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1 })
  try {
    for (;;) {
      const { rows } = await database.run(asked)
      if (integerIn(rows[0]?.column(0)) === count) return
      await sleep(20)
    }
  } finally {
    await database.close()
  }
}

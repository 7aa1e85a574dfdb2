import { readFileSync } from 'node:fs'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { sql } from '../../../src/store/postgres/statement.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { answerTasks } from '../../measure/process.ts'

/** Fetches the things of a file, one after the other, `count` in all. */
export interface FetchTask {
  count: number
}

/** Fifty documents from a place on, or one by its id. */
export type Fetched =
  | { account: string; id: string; startedAt: number; to: number }
  | { account: string; id: string }

/** The limit of reading: the bare client, which asks for the bytes that a page or an answer is made of and for nothing else. */
const [url = '', file = ''] = process.argv.slice(2)
const things: Fetched[] = JSON.parse(readFileSync(file, 'utf8'))
const database = openDatabase(readAddress(url), { ...DEFAULTS, poolSize: 1, preparedStatements: 'on' })
const PAGE = `SELECT body FROM parlance.interactions
  WHERE account_id = $1 AND (started_at, id) >= ((SELECT $2::bigint), (SELECT $3::text))
    AND started_at <= (SELECT $4::bigint) AND ended_at IS NOT NULL
  ORDER BY started_at, id LIMIT 50`
const ONE = 'SELECT body FROM parlance.interactions WHERE account_id = $1 AND id = $2'

let next = 0
answerTasks(async ({ count }: FetchTask) => {
  for (let done = 0; done < count; done += 1) {
    const thing = things[next++ % things.length] as Fetched
    const { account, id } = thing
    const statement =
      'to' in thing ? sql(PAGE, account, thing.startedAt, id, thing.to) : sql(ONE, account, id)
    // Rows are left where they were received.
    const { count: rows } = await database.run({ ...statement, reader: () => ({ take() {} }) })
    if (rows === 0) throw new Error(`${id} is not there`)
  }
})

import type { ImportState } from '../store.ts'
import type { Database } from './database.ts'
import { sql } from './statement.ts'
import { textIn } from './wire/decode.ts'

export function importQueries(database: Database) {
  return {
    async getImport(accountId: string, source: string): Promise<ImportState | undefined> {
      const { rows } = await database.run(
        sql('SELECT state FROM parlance.imports WHERE account_id = $1 AND source = $2', accountId, source),
      )
      return rows[0] && JSON.parse(textIn(rows[0].column(0)))
    },

    async endImport(accountId: string, source: string): Promise<void> {
      await database.run(
        sql('DELETE FROM parlance.imports WHERE account_id = $1 AND source = $2', accountId, source),
      )
    },
  }
}

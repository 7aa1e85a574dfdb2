import { settingsIn, settingsText } from '../account-settings.ts'
import type { Account, AccountSettings, Standing } from '../store.ts'
import type { Database } from './database.ts'
import { sql } from './statement.ts'
import { booleanIn, integerIn, textIn } from './wire/decode.ts'
import type { Statement } from './wire/encode.ts'
import type { Result } from './wire/exchange.ts'
import type { Row } from './wire/row.ts'

const STANDING = `SELECT revision, EXISTS (SELECT 1 FROM parlance.clients AS c WHERE c.account_id = $1 AND c.client_id = $2)
  FROM parlance.revisions WHERE account_id = $1`

export function accountQueries(database: Database) {
  return {
    async getStanding(accountId: string, clientId: string): Promise<Standing | undefined> {
      return standingIn(await database.run(standingOf(accountId, clientId)))
    },

    async getRevision(accountId: string): Promise<number | undefined> {
      const { rows } = await database.run(
        sql('SELECT revision FROM parlance.revisions WHERE account_id = $1', accountId),
      )
      return rows[0] && integerIn(rows[0].column(0))
    },

    async getAccount(accountId: string): Promise<Account | undefined> {
      const { rows } = await database.run(
        sql(
          'SELECT account_id, name, created_at, settings FROM parlance.accounts WHERE account_id = $1',
          accountId,
        ),
      )
      return rows[0] && accountOf(rows[0])
    },

    async listAccounts(limit?: number): Promise<Account[]> {
      const { rows } = await database.run(
        sql(
          `SELECT account_id, name, created_at, settings FROM parlance.accounts
           ORDER BY created_at, account_id LIMIT $1`,
          limit ?? Number.MAX_SAFE_INTEGER,
        ),
      )
      return rows.map(accountOf)
    },

    createAccount({ accountId, name, createdAt, ...settings }: Account): Promise<boolean> {
      return database.transaction(async (transaction) => {
        const [created] = await transaction.commit(
          sql(
            `INSERT INTO parlance.accounts (account_id, name, created_at, settings) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING`,
            accountId,
            name,
            createdAt,
            settingsText(settings),
          ),
          sql(
            'INSERT INTO parlance.revisions (account_id, revision) VALUES ($1, 0) ON CONFLICT DO NOTHING',
            accountId,
          ),
        )
        return created?.count === 1
      })
    },

    async renameAccount(accountId: string, name: string): Promise<boolean> {
      const { count } = await database.run(
        sql('UPDATE parlance.accounts SET name = $2 WHERE account_id = $1', accountId, name),
      )
      return count === 1
    },

    async setAccountSettings(accountId: string, settings: AccountSettings): Promise<boolean> {
      const { count } = await database.run(
        sql(
          'UPDATE parlance.accounts SET settings = $2 WHERE account_id = $1',
          accountId,
          settingsText(settings),
        ),
      )
      return count === 1
    },
  }
}

/** Asks for a standing, by itself or in front of what depends on it. */
export function standingOf(accountId: string, clientId: string): Statement {
  return sql(STANDING, accountId, clientId)
}

/**
 * The standing as a row of a page (see PageReader), for the statement that lists it: one statement costs the server a sixteenth less
 * than two. `client` is the parameter with the client's id.
 */
export function standingRow(client: string): string {
  return `SELECT NULL::bigint, NULL::text, revision, CASE WHEN EXISTS (
      SELECT 1 FROM parlance.clients AS c WHERE c.account_id = $1 AND c.client_id = ${client}) THEN ''::bytea END
    FROM parlance.revisions WHERE account_id = $1`
}

/** Undefined for an unknown account. */
export function standingIn(result: Result | undefined): Standing | undefined {
  const row = result?.rows[0]
  return row && { revision: row.integer(0), client: booleanIn(row.column(1)) }
}

function accountOf([accountId, name, createdAt, settings]: Row): Account {
  return {
    accountId: textIn(accountId),
    name: textIn(name),
    createdAt: integerIn(createdAt),
    ...settingsIn(textIn(settings)),
  }
}

import type { AssertionUse, Client, ClientCredentials } from '../store.ts'
import type { Database } from './database.ts'
import { sql } from './statement.ts'
import { integerIn, maybe, textIn } from './wire/decode.ts'
import type { Row } from './wire/row.ts'

const COLUMNS = 'client_id, name, scope, secret_hash, public_key, created_at'

export function clientQueries(database: Database) {
  return {
    async getClient(accountId: string, clientId: string): Promise<Client | undefined> {
      const { rows } = await database.run(
        sql(
          `SELECT ${COLUMNS} FROM parlance.clients WHERE account_id = $1 AND client_id = $2`,
          accountId,
          clientId,
        ),
      )
      return rows[0] && clientOf(rows[0])
    },

    async listClients(accountId: string): Promise<Client[]> {
      const { rows } = await database.run(
        sql(
          `SELECT ${COLUMNS} FROM parlance.clients WHERE account_id = $1 ORDER BY created_at, client_id`,
          accountId,
        ),
      )
      return rows.map(clientOf)
    },

    /** In a transaction, since a statement by itself may run twice, and would find its own client the second time. */
    createClient(accountId: string, client: Client): Promise<void> {
      const { clientId, name, scope, secretHash, publicKey, createdAt } = client
      return database.transaction(async (transaction) => {
        const [created] = await transaction.commit(
          sql(
            `INSERT INTO parlance.clients (account_id, ${COLUMNS})
             SELECT account_id, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint
             FROM parlance.revisions WHERE account_id = $1`,
            accountId,
            clientId,
            name,
            scope,
            secretHash,
            publicKey,
            createdAt,
          ),
        )
        if (created?.count !== 1) throw new Error(`there is no account ${accountId}`)
      })
    },

    async updateClient(accountId: string, clientId: string, change: ClientCredentials): Promise<boolean> {
      const { count } = await database.run(
        sql(
          `UPDATE parlance.clients SET secret_hash = $3::text, public_key = $4::text
           WHERE account_id = $1 AND client_id = $2`,
          accountId,
          clientId,
          change.secretHash,
          change.publicKey,
        ),
      )
      return count === 1
    },

    removeClient(accountId: string, clientId: string): Promise<boolean> {
      return database.transaction(async (transaction) => {
        const [removed] = await transaction.commit(
          sql('DELETE FROM parlance.clients WHERE account_id = $1 AND client_id = $2', accountId, clientId),
        )
        return removed?.count === 1
      })
    },

    useAssertion(
      accountId: string,
      clientId: string,
      { jti, expiresAt, now }: AssertionUse,
    ): Promise<boolean> {
      return database.transaction(async (transaction) => {
        const [, used] = await transaction.commit(
          sql(
            'DELETE FROM parlance.assertions WHERE account_id = $1 AND client_id = $2 AND expires_at < $3',
            accountId,
            clientId,
            now,
          ),
          sql(
            `INSERT INTO parlance.assertions (account_id, client_id, jti, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING`,
            accountId,
            clientId,
            jti,
            expiresAt,
          ),
        )
        return used?.count === 1
      })
    },
  }
}

function clientOf([clientId, name, scope, secretHash, publicKey, createdAt]: Row): Client {
  return {
    clientId: textIn(clientId),
    name: textIn(name),
    scope: textIn(scope),
    secretHash: maybe(secretHash, textIn),
    publicKey: maybe(publicKey, textIn),
    createdAt: integerIn(createdAt),
  }
}

import { settingsText } from '../account-settings.ts'
import type {
  AccountRecord,
  DeploymentRecord,
  InteractionRecord,
  RecordQuery,
  Transfer,
} from '../transfer.ts'
import { accountQueries } from './accounts.ts'
import { clientQueries } from './clients.ts'
import type { Database } from './database.ts'
import { upsert } from './interactions/upsert.ts'
import { adding, keyQueries, TURN_NAME } from './keys.ts'
import { sql } from './statement.ts'
import { bytesIn, integerIn, maybe, textIn } from './wire/decode.ts'
import { integers, type Statement, texts } from './wire/encode.ts'
import type { Row } from './wire/row.ts'

/** Stops with the record that passes the bytes: what is before each of them is summed up. */
const RECORDS = `SELECT id, revision, customer_id, started_at, ended_at, hash, crc, length, body FROM (
    SELECT *, sum(octet_length(body)) OVER (ORDER BY revision ROWS UNBOUNDED PRECEDING) - octet_length(body) AS before
    FROM (
      SELECT id, revision, customer_id, started_at, ended_at, hash, crc, length, body FROM parlance.interactions
      WHERE account_id = $1 AND revision > $2 ORDER BY revision LIMIT $3
    ) AS following
  ) AS bounded
  WHERE before < $4 ORDER BY revision`

export function transferQueries(database: Database): Transfer {
  const accounts = accountQueries(database)
  const clients = clientQueries(database)
  const keys = keyQueries(database)

  return {
    async readDeployment(): Promise<DeploymentRecord> {
      const { rows } = await database.run(
        sql('SELECT name, value FROM parlance.settings WHERE name <> $1 ORDER BY name', TURN_NAME),
      )
      const settings = Object.fromEntries(rows.map(([name, value]) => [textIn(name), textIn(value)]))
      return { keys: await keys.listKeys(), settings }
    },

    writeDeployment({ keys: given, settings }: DeploymentRecord): Promise<void> {
      const names = Object.keys(settings)
      return commit(database, [
        sql('DELETE FROM parlance.keys'),
        sql('DELETE FROM parlance.settings'),
        ...given.map(adding),
        sql(
          'INSERT INTO parlance.settings (name, value) SELECT * FROM unnest($1::text[], $2::text[])',
          texts(names),
          texts(names.map((name) => settings[name])),
        ),
      ])
    },

    async removeSetting(name: string): Promise<void> {
      await database.run(sql('DELETE FROM parlance.settings WHERE name = $1', name))
    },

    async readAccount(accountId: string): Promise<AccountRecord | undefined> {
      const account = await accounts.getAccount(accountId)
      if (account === undefined) return undefined
      return {
        account,
        clients: await clients.listClients(accountId),
        assertions: await readAssertions(database, accountId),
        imports: await readImports(database, accountId),
      }
    },

    async writeAccount(record: AccountRecord): Promise<void> {
      await accounts.createAccount(record.account)
      await commit(database, accountStatements(record))
    },

    async readInteractions(
      accountId: string,
      { after, limit, maxBytes }: RecordQuery,
    ): Promise<InteractionRecord[]> {
      const { rows } = await database.run(sql(RECORDS, accountId, after, limit, maxBytes))
      return rows.map(recordOf)
    },

    writeInteractions(accountId: string, records: InteractionRecord[], revision: number): Promise<void> {
      return database.transaction(async (transaction) => {
        const [account] = await transaction.run(
          sql('SELECT revision FROM parlance.revisions WHERE account_id = $1 FOR UPDATE', accountId),
        )
        if (account?.rows.length !== 1) throw new Error(`there is no account ${accountId}`)
        await transaction.commit(
          ...(records.length === 0 ? [] : [upsert(accountId, records)]),
          sql('UPDATE parlance.revisions SET revision = $2 WHERE account_id = $1', accountId, revision),
        )
      })
    },
  }
}

async function commit(database: Database, statements: Statement[]): Promise<void> {
  await database.transaction((transaction) => transaction.commit(...statements))
}

async function readAssertions(database: Database, accountId: string): Promise<AccountRecord['assertions']> {
  const { rows } = await database.run(
    sql(
      `SELECT client_id, jti, expires_at FROM parlance.assertions WHERE account_id = $1 ORDER BY client_id, jti`,
      accountId,
    ),
  )
  return rows.map(([clientId, jti, expiresAt]) => ({
    clientId: textIn(clientId),
    jti: textIn(jti),
    expiresAt: integerIn(expiresAt),
  }))
}

async function readImports(database: Database, accountId: string): Promise<AccountRecord['imports']> {
  const { rows } = await database.run(
    sql('SELECT source, state FROM parlance.imports WHERE account_id = $1 ORDER BY source', accountId),
  )
  return rows.map(([source, state]) => ({ source: textIn(source), state: JSON.parse(textIn(state)) }))
}

function accountStatements({ account, clients, assertions, imports }: AccountRecord): Statement[] {
  const { accountId, name, createdAt, ...settings } = account
  return [
    sql(
      'UPDATE parlance.accounts SET name = $2, created_at = $3, settings = $4 WHERE account_id = $1',
      accountId,
      name,
      createdAt,
      settingsText(settings),
    ),
    sql('DELETE FROM parlance.clients WHERE account_id = $1', accountId),
    sql('DELETE FROM parlance.assertions WHERE account_id = $1', accountId),
    sql('DELETE FROM parlance.imports WHERE account_id = $1', accountId),
    sql(
      `INSERT INTO parlance.clients (account_id, client_id, name, scope, secret_hash, public_key, created_at)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])`,
      accountId,
      texts(clients.map((client) => client.clientId)),
      texts(clients.map((client) => client.name)),
      texts(clients.map((client) => client.scope)),
      texts(clients.map((client) => client.secretHash)),
      texts(clients.map((client) => client.publicKey)),
      integers(clients.map((client) => client.createdAt)),
    ),
    sql(
      `INSERT INTO parlance.assertions (account_id, client_id, jti, expires_at)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])`,
      accountId,
      texts(assertions.map(({ clientId }) => clientId)),
      texts(assertions.map(({ jti }) => jti)),
      integers(assertions.map(({ expiresAt }) => expiresAt)),
    ),
    sql(
      `INSERT INTO parlance.imports (account_id, source, state) SELECT $1, * FROM unnest($2::text[], $3::text[])`,
      accountId,
      texts(imports.map(({ source }) => source)),
      texts(imports.map(({ state }) => JSON.stringify(state))),
    ),
  ]
}

function recordOf([
  id,
  revision,
  customerId,
  startedAt,
  endedAt,
  hash,
  crc,
  length,
  body,
]: Row): InteractionRecord {
  const ended = maybe(endedAt, integerIn)
  return {
    id: textIn(id),
    revision: integerIn(revision),
    customerId: textIn(customerId),
    startedAt: integerIn(startedAt),
    ...(ended !== undefined && { endedAt: ended }),
    hash: bytesIn(hash),
    block: { crc: integerIn(crc), length: integerIn(length), deflated: bytesIn(body) },
  }
}

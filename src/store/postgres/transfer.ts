import { settingsText } from '../account-settings.ts'
import { CLAIM_PREFIX } from '../claim.ts'
import type { AccountRecord, DeploymentRecord, Transfer } from '../transfer.ts'
import { accountQueries } from './accounts.ts'
import { clientQueries } from './clients.ts'
import type { Database } from './database.ts'
import { PURGED_NAME } from './erasure/purge.ts'
import { erasureTransfer } from './erasure/transfer.ts'
import { interactionTransfer } from './interactions/transfer.ts'
import { adding, keyQueries, TURN_NAME } from './keys.ts'
import { sql } from './statement.ts'
import { bytesIn, integerIn, maybe, textIn } from './wire/decode.ts'
import { integers, type Statement, texts } from './wire/encode.ts'

export function transferQueries(database: Database): Transfer {
  const accounts = accountQueries(database)
  const clients = clientQueries(database)
  const keys = keyQueries(database)

  return {
    async readDeployment(): Promise<DeploymentRecord> {
      const { rows } = await database.run(
        sql(
          `SELECT name, value FROM parlance.settings
           WHERE name <> ALL($1) AND NOT starts_with(name, $2) ORDER BY name`,
          texts([TURN_NAME, PURGED_NAME]),
          CLAIM_PREFIX,
        ),
      )
      const settings = Object.fromEntries(rows.map(([name, value]) => [textIn(name), textIn(value)]))
      return { keys: await keys.listKeys(), settings }
    },

    writeDeployment({ keys: given, settings }: DeploymentRecord): Promise<void> {
      const names = Object.keys(settings)
      return commit(database, [
        sql('DELETE FROM parlance.keys'),
        sql('DELETE FROM parlance.settings WHERE NOT starts_with(name, $1)', CLAIM_PREFIX),
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
        ...(await readErasureKey(database, accountId)),
      }
    },

    async writeAccount(record: AccountRecord): Promise<void> {
      await accounts.createAccount(record.account)
      await commit(database, accountStatements(record))
    },

    ...interactionTransfer(database),
    ...erasureTransfer(database),
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

async function readErasureKey(
  database: Database,
  accountId: string,
): Promise<Pick<AccountRecord, 'erasureKey'>> {
  const { rows } = await database.run(
    sql('SELECT erasure_key FROM parlance.revisions WHERE account_id = $1', accountId),
  )
  const erasureKey = maybe(rows[0]?.column(0), bytesIn)
  return erasureKey === undefined ? {} : { erasureKey }
}

async function readImports(database: Database, accountId: string): Promise<AccountRecord['imports']> {
  const { rows } = await database.run(
    sql('SELECT source, state FROM parlance.imports WHERE account_id = $1 ORDER BY source', accountId),
  )
  return rows.map(([source, state]) => ({ source: textIn(source), state: JSON.parse(textIn(state)) }))
}

function accountStatements({
  account,
  clients,
  assertions,
  imports,
  erasureKey,
}: AccountRecord): Statement[] {
  const { accountId, name, createdAt, ...settings } = account
  return [
    sql(
      'UPDATE parlance.accounts SET name = $2, created_at = $3, settings = $4 WHERE account_id = $1',
      accountId,
      name,
      createdAt,
      settingsText(settings),
    ),
    sql('UPDATE parlance.revisions SET erasure_key = $2 WHERE account_id = $1', accountId, erasureKey),
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

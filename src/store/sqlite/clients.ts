import type { DatabaseSync } from 'node:sqlite'
import type { AssertionUse, Client, ClientCredentials } from '../store.ts'

const COLUMNS = `client_id AS clientId, name, scope, secret_hash AS secretHash, public_key AS publicKey,
  created_at AS createdAt`

export function clientReads(db: DatabaseSync) {
  const get = db.prepare(`SELECT ${COLUMNS} FROM clients WHERE account_id = ? AND client_id = ?`)
  const list = db.prepare(
    `SELECT ${COLUMNS} FROM clients WHERE account_id = ? ORDER BY created_at, client_id`,
  )
  return {
    getClient: (accountId: string, clientId: string) => clientOf(get.get(accountId, clientId)),
    listClients: (accountId: string) => list.all(accountId).map((row) => clientOf(row) as Client),
  }
}

function clientOf(row: unknown): Client | undefined {
  if (row === undefined) return undefined
  const { secretHash, publicKey, ...client } = row as Client
  return { ...client, secretHash: secretHash ?? undefined, publicKey: publicKey ?? undefined }
}

export function clientWrites(db: DatabaseSync) {
  const create = db.prepare(
    `INSERT INTO clients (account_id, client_id, name, scope, secret_hash, public_key, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const update = db.prepare(
    'UPDATE clients SET secret_hash = ?, public_key = ? WHERE account_id = ? AND client_id = ?',
  )
  const remove = db.prepare('DELETE FROM clients WHERE account_id = ? AND client_id = ?')
  const forget = db.prepare(
    'DELETE FROM assertions WHERE account_id = ? AND client_id = ? AND expires_at < ?',
  )
  const use = db.prepare(
    'INSERT INTO assertions (account_id, client_id, jti, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  return {
    createClient(accountId: string, client: Client) {
      const { clientId, name, scope, secretHash = null, publicKey = null, createdAt } = client
      create.run(accountId, clientId, name, scope, secretHash, publicKey, createdAt)
    },
    updateClient(accountId: string, clientId: string, { secretHash, publicKey }: ClientCredentials) {
      return update.run(secretHash ?? null, publicKey ?? null, accountId, clientId).changes === 1
    },
    removeClient: (accountId: string, clientId: string) => remove.run(accountId, clientId).changes === 1,
    useAssertion(accountId: string, clientId: string, { jti, expiresAt, now }: AssertionUse) {
      forget.run(accountId, clientId, now)
      return use.run(accountId, clientId, jti, expiresAt).changes === 1
    },
  }
}

import type { DatabaseSync } from 'node:sqlite'
import { settingsIn, settingsText } from '../account-settings.ts'
import type { Account, AccountSettings, Standing } from '../store.ts'

/** What SQLite takes for none. */
const NO_LIMIT = -1

export function accountReads(db: DatabaseSync) {
  const get = db.prepare(
    'SELECT account_id AS accountId, name, created_at AS createdAt, settings FROM accounts WHERE account_id = ?',
  )
  const list = db.prepare(
    `SELECT account_id AS accountId, name, created_at AS createdAt, settings FROM accounts
     ORDER BY created_at, account_id LIMIT ?`,
  )
  const revision = db.prepare('SELECT revision FROM accounts WHERE account_id = ?')
  const standing = db.prepare(
    `SELECT revision, EXISTS (SELECT 1 FROM clients WHERE account_id = ?1 AND client_id = ?2)
     FROM accounts WHERE account_id = ?1`,
  )
  standing.setReturnArrays(true)
  return {
    getStanding: (accountId: string, clientId: string) => standingOf(standing.get(accountId, clientId)),
    getAccount: (accountId: string) => accountOf(get.get(accountId)),
    listAccounts: (limit = NO_LIMIT) => list.all(limit).map((row) => accountOf(row) as Account),
    getRevision: (accountId: string) =>
      (revision.get(accountId) as { revision: number } | undefined)?.revision,
  }
}

/** Rows have no prototype; what the store gives is an ordinary object. */
function accountOf(row: unknown): Account | undefined {
  if (row === undefined) return undefined
  const { settings, ...account } = row as Account & { settings: string }
  return { ...account, ...settingsIn(settings) }
}

function standingOf(row: unknown): Standing | undefined {
  if (row === undefined) return undefined
  const [revision, client] = row as [number, number]
  return { revision, client: client === 1 }
}

export function accountWrites(db: DatabaseSync) {
  const create = db.prepare(
    'INSERT INTO accounts (account_id, name, created_at, settings) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const set = db.prepare('UPDATE accounts SET settings = ? WHERE account_id = ?')
  const rename = db.prepare('UPDATE accounts SET name = ? WHERE account_id = ?')
  return {
    createAccount: ({ accountId, name, createdAt, ...settings }: Account) =>
      create.run(accountId, name, createdAt, settingsText(settings)).changes === 1,
    renameAccount: (accountId: string, name: string) => rename.run(name, accountId).changes === 1,
    setAccountSettings: (accountId: string, settings: AccountSettings) =>
      set.run(settingsText(settings), accountId).changes === 1,
  }
}

import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { packedOf } from '../../interaction/packed-drafts.ts'
import { StoreUnavailable, StoreUnusable } from '../errors.ts'
import type { ListingQuery, Store } from '../store.ts'
import type { Transfer } from '../transfer.ts'
import { accountReads } from './accounts.ts'
import { clientReads } from './clients.ts'
import { connect, resultCode, translateError } from './connect.ts'
import { erasureReads } from './erasures.ts'
import { importReads } from './imports.ts'
import { inspect } from './inspect.ts'
import { changeReads } from './interactions/changes.ts'
import { openReads } from './interactions/open.ts'
import { interactionReads } from './interactions/read.ts'
import { keyReads } from './keys.ts'
import { migrate } from './migrate.ts'
import { transferReads } from './transfer.ts'
import { upgradeCheck } from './upgraded.ts'
import { startWriter, type Writer } from './writer.ts'

/**
 * Opens the embedded store: creates and upgrades the file, reads on a connection of this thread, writes
 * through the writer thread.
 */
export async function openSqliteStore(file: string): Promise<Store> {
  const path = resolve(file)
  const db = openMigrated(path)
  const writer = startWriter(path)
  return {
    location: `sqlite:${path}`,
    ...reads(db),
    ...writes(writer),
    transfer: transferOn(db, writer),
    ...lifecycle(db, writer, path),
  }
}

const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

function openMigrated(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = connect(path, { queryOnly: false })
    migrate(db)
    db.exec('PRAGMA query_only = ON')
    return db
  } catch (error) {
    db?.close()
    throw openingError(path, error)
  }
}

function openingError(path: string, cause: unknown): unknown {
  switch (resultCode(cause)) {
    case SQLITE_NOTADB:
      return new StoreUnusable(`${path} is not a database. Name another file.`, { cause })
    case SQLITE_CORRUPT:
      return new StoreUnusable(`${path} is damaged. Keep a copy of it, and restore the last backup.`, {
        cause,
      })
  }
  const { code, syscall } = cause as NodeJS.ErrnoException
  if (syscall !== undefined) return new StoreUnavailable(`Cannot open ${path}: ${code}.`, { cause })
  const error = translateError(cause)
  if (!(error instanceof StoreUnavailable)) return error
  return new StoreUnavailable(`Cannot open ${path}. ${error.message}`, { cause })
}

type Reads = Pick<
  Store,
  | 'getAccount'
  | 'listAccounts'
  | 'getStanding'
  | 'getStandingAndListing'
  | 'getStandingAndInteraction'
  | 'getRevision'
  | 'getClient'
  | 'listClients'
  | 'listKeys'
  | 'getSetting'
  | 'getInteraction'
  | 'listInteractions'
  | 'listOpen'
  | 'getErasure'
  | 'listChanges'
  | 'getImport'
>

function reads(db: DatabaseSync): Reads {
  const queries = {
    ...accountReads(db),
    ...clientReads(db),
    ...keyReads(db),
    ...importReads(db),
    ...interactionReads(db),
    ...changeReads(db),
    ...openReads(db),
    ...erasureReads(db),
  }
  return {
    getAccount: promised(queries.getAccount),
    listAccounts: promised(queries.listAccounts),
    getStanding: promised(queries.getStanding),
    getStandingAndListing: promised((accountId: string, clientId: string, query: ListingQuery) => {
      const standing = queries.getStanding(accountId, clientId)
      return standing && { standing, listing: queries.listInteractions(accountId, query) }
    }),
    getStandingAndInteraction: promised((accountId: string, clientId: string, id: string) => {
      const standing = queries.getStanding(accountId, clientId)
      return standing && { standing, interaction: queries.getInteraction(accountId, id) }
    }),
    getRevision: promised(queries.getRevision),
    getClient: promised(queries.getClient),
    listClients: promised(queries.listClients),
    listKeys: promised(queries.listKeys),
    getSetting: promised(queries.getSetting),
    getInteraction: promised(queries.getInteraction),
    listInteractions: promised(queries.listInteractions),
    listOpen: promised(queries.listOpen),
    listChanges: promised(queries.listChanges),
    getErasure: promised(queries.getErasure),
    getImport: promised(queries.getImport),
  }
}

/** Reading is synchronous here and short; the interface promises, for stores across a network. */
function promised<Args extends unknown[], Result>(query: (...args: Args) => Result) {
  return async (...args: Args): Promise<Result> => {
    try {
      return query(...args)
    } catch (error) {
      throw translateError(error)
    }
  }
}

function transferOn(db: DatabaseSync, writer: Writer): Transfer {
  const reads = transferReads(db)
  return {
    readDeployment: promised(reads.readDeployment),
    readAccount: promised(reads.readAccount),
    readInteractions: promised(reads.readInteractions),
    readTombstones: promised(reads.readTombstones),
    readErasedCustomers: promised(reads.readErasedCustomers),
    readErasures: promised(reads.readErasures),
    writeDeployment: (record) => writer.run('writeDeployment', record),
    removeSetting: (name) => writer.run('removeSetting', name),
    writeAccount: (record) => writer.run('writeAccount', record),
    writeInteractions: (accountId, records, revision) =>
      writer.run('writeRecords', accountId, records, revision),
    writeTombstones: (accountId, tombstones, revision) =>
      writer.run('writeTombstones', accountId, tombstones, revision),
    writeErasedCustomers: (accountId, customers) => writer.run('writeErasedCustomers', accountId, customers),
    writeErasures: (accountId, erasures) => writer.run('writeErasures', accountId, erasures),
  }
}

function writes(
  writer: Writer,
): Omit<Store, keyof Reads | 'location' | 'transfer' | 'ping' | 'inspect' | 'close'> {
  return {
    createAccount: (account) => writer.run('createAccount', account),
    renameAccount: (accountId, name) => writer.run('renameAccount', accountId, name),
    setAccountSettings: (accountId, settings) => writer.run('setAccountSettings', accountId, settings),
    createClient: (accountId, client) => writer.run('createClient', accountId, client),
    updateClient: (accountId, clientId, change) => writer.run('updateClient', accountId, clientId, change),
    removeClient: (accountId, clientId) => writer.run('removeClient', accountId, clientId),
    useAssertion: (accountId, clientId, use) => writer.run('useAssertion', accountId, clientId, use),
    ensureKey: (key) => writer.run('ensureKey', key),
    rotateKey: (key, retireAt) => writer.run('rotateKey', key, retireAt),
    replaceKeyMaterial: (keys) => writer.run('replaceKeyMaterial', keys),
    setSetting: (name, value) => writer.run('setSetting', name, value),
    async writeInteractions(accountId, drafts, options) {
      return writer.run('writeInteractions', accountId, packedOf(drafts), options)
    },
    addMessages: (accountId, addition) => writer.run('addMessages', accountId, addition),
    endIdle: (accountId, idleness) => writer.run('endIdle', accountId, idleness),
    erase: (accountId, request) => writer.run('erase', accountId, request),
    eraseMore: (accountId, limit, now) => writer.run('eraseMore', accountId, limit, now),
    expire: (accountId, expiry) => writer.run('expire', accountId, expiry),
    purge: (now) => writer.run('purge', now),
    claim: (work, holder, now, until) => writer.run('claim', work, holder, now, until),
    endImport: (accountId, source) => writer.run('endImport', accountId, source),
  }
}

function lifecycle(
  db: DatabaseSync,
  writer: Writer,
  path: string,
): Pick<Store, 'ping' | 'inspect' | 'close'> {
  const ping = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1')
  const checkUpgrade = upgradeCheck(db)
  return {
    ping: promised(() => {
      ping.get()
      checkUpgrade()
    }),
    inspect: promised(() => inspect(db, path)),
    async close() {
      await writer.close()
      if (db.isOpen) db.close()
    },
  }
}

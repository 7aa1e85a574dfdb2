import type { DatabaseSync } from 'node:sqlite'
import { freeBytes } from '../../interaction/bytes.ts'
import { gatheredOf } from '../../interaction/gather-patches.ts'
import type { TranscriptState } from '../../interaction/transcript.ts'
import { settingsText } from '../account-settings.ts'
import { CLAIM_PREFIX } from '../claim.ts'
import type { AccountRecord, DeploymentRecord, InteractionRecord, RecordQuery } from '../transfer.ts'
import { accountReads, accountWrites } from './accounts.ts'
import { clientReads, clientWrites } from './clients.ts'
import { erasureTransferReads, erasureTransferWrites } from './erasure-transfer.ts'
import { gatheredReads } from './interactions/gathered.ts'
import type { InteractionKeeping } from './interactions/keep.ts'
import { WITH_RUNS } from './interactions/read.ts'
import { documentIn } from './interactions/run.ts'
import { inSnapshot } from './interactions/snapshot.ts'
import { keyReads, keyWrites } from './keys.ts'
import { UNPURGED } from './purge.ts'

type Columns = [
  id: string,
  revision: number,
  customerId: string,
  startedAt: number,
  endedAt: number | null,
  hash: Uint8Array,
  crc: number,
  length: number,
  body: Uint8Array | null,
  runBody: Uint8Array,
  transcript: TranscriptState | null,
  wordAt: number | null,
  gathered: number | null,
  gatheredBytes: number | null,
]

/** Who has taken on a work of this deployment is nothing to another one, and no more is what its file has still to be purged of. */
const IS_OWN = `(name LIKE '${CLAIM_PREFIX}%' OR name = '${UNPURGED}')`

export function transferReads(db: DatabaseSync) {
  const accounts = accountReads(db)
  const clients = clientReads(db)
  const keys = keyReads(db)
  const settings = db.prepare(`SELECT name, value FROM settings WHERE NOT ${IS_OWN} ORDER BY name`)
  const erasureKey = db.prepare('SELECT erasure_key AS key FROM accounts WHERE account_id = ?')
  const assertions = db.prepare(
    `SELECT client_id AS clientId, jti, expires_at AS expiresAt FROM assertions
     WHERE account_id = ? ORDER BY client_id, jti`,
  )
  const imports = db.prepare('SELECT source, state FROM imports WHERE account_id = ? ORDER BY source')
  const interactions = db.prepare(
    `SELECT id, revision, customer_id, started_at, ended_at, hash, i.crc, i.length, i.body, runs.body,
       transcript, word_at, gathered, gathered_bytes
     FROM ${WITH_RUNS}
     WHERE i.account_id = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3`,
  )
  interactions.setReturnArrays(true)
  const { messagesOf } = gatheredReads(db)

  return {
    ...erasureTransferReads(db),

    readDeployment(): DeploymentRecord {
      const rows = settings.all() as { name: string; value: string }[]
      return {
        keys: keys.listKeys(),
        settings: Object.fromEntries(rows.map(({ name, value }) => [name, value])),
      }
    },

    readAccount(accountId: string): AccountRecord | undefined {
      const account = accounts.getAccount(accountId)
      if (account === undefined) return undefined
      const used = assertions.all(accountId) as unknown as AccountRecord['assertions']
      const running = imports.all(accountId) as { source: string; state: string }[]
      const record: AccountRecord = {
        account,
        clients: clients.listClients(accountId),
        assertions: used.map((assertion) => ({ ...assertion })),
        imports: running.map(({ source, state }) => ({ source, state: JSON.parse(state) })),
      }
      const { key } = erasureKey.get(accountId) as { key: Uint8Array | null }
      return key === null ? record : { ...record, erasureKey: key }
    },

    /** Of one moment: heads, and the messages that they have gathered. */
    readInteractions(accountId: string, query: RecordQuery): InteractionRecord[] {
      return inSnapshot(db, () => read(accountId, query))
    },
  }

  function read(accountId: string, { after, limit, maxBytes }: RecordQuery): InteractionRecord[] {
    const records: InteractionRecord[] = []
    let bytes = 0
    for (const row of interactions.iterate(accountId, after, limit)) {
      const columns = row as unknown as Columns
      const record = recordOf(accountId, columns)
      if (columns[GATHERED] !== null) record.gathered = messagesOf(accountId, record.id)
      records.push(record)
      bytes += record.block.deflated.length + (columns[GATHERED_BYTES] ?? 0)
      if (bytes >= maxBytes) break
    }
    return records
  }
}

const GATHERED = 12
const GATHERED_BYTES = 13

function recordOf(accountId: string, columns: Columns): InteractionRecord {
  const [id, revision, customerId, startedAt, endedAt, hash, crc, length, body, run, transcript, wordAt] =
    columns
  const record: Omit<InteractionRecord, 'block'> = { id, revision, customerId, startedAt, hash }
  if (transcript !== null) record.transcript = transcript
  if (wordAt !== null) record.wordAt = wordAt
  if (endedAt === null || body !== null) {
    return { ...record, block: { crc, length, deflated: body ?? new Uint8Array() } }
  }
  const found = documentIn(run, { startedAt, id })
  if (found === undefined) throw new Error(`${accountId}: the run at ${startedAt} lacks a document`)
  const block = { ...found, deflated: Uint8Array.from(found.deflated) }
  freeBytes(run)
  return { ...record, endedAt, block }
}

export function transferWrites(db: DatabaseSync, interactions: InteractionKeeping) {
  const accounts = accountWrites(db)
  const clients = clientWrites(db)
  const keys = keyWrites(db)
  const removeKeys = db.prepare('DELETE FROM keys')
  const removeSettings = db.prepare(`DELETE FROM settings WHERE NOT ${IS_OWN}`)
  const removeSetting = db.prepare('DELETE FROM settings WHERE name = ?')
  const removeClients = db.prepare('DELETE FROM clients WHERE account_id = ?')
  const removeAssertions = db.prepare('DELETE FROM assertions WHERE account_id = ?')
  const removeImports = db.prepare('DELETE FROM imports WHERE account_id = ?')
  const addAssertion = db.prepare(
    'INSERT INTO assertions (account_id, client_id, jti, expires_at) VALUES (?, ?, ?, ?)',
  )
  const addImport = db.prepare('INSERT INTO imports (account_id, source, state) VALUES (?, ?, ?)')
  const setAccount = db.prepare(
    'UPDATE accounts SET name = ?, created_at = ?, settings = ?, erasure_key = ? WHERE account_id = ?',
  )
  const setRevision = db.prepare('UPDATE accounts SET revision = ? WHERE account_id = ?')

  function writeRecord(accountId: string, { gathered: messages, ...record }: InteractionRecord): void {
    const stored = interactions.find(accountId, record.id)
    const gathered = messages && gatheredOf(messages)
    if (stored !== undefined && stored.gathered !== null) interactions.removeMessages(accountId, record.id)
    interactions.keep(accountId, { ...record, gathered }, stored)
    if (messages !== undefined) interactions.putMessages(accountId, record.id, messages)
  }

  return {
    ...erasureTransferWrites(db, interactions),

    writeDeployment({ keys: given, settings }: DeploymentRecord): void {
      removeKeys.run()
      removeSettings.run()
      for (const key of given) keys.insertKey(key)
      for (const [name, value] of Object.entries(settings)) keys.setSetting(name, value)
    },

    removeSetting(name: string): void {
      removeSetting.run(name)
    },

    writeAccount({ account, ...record }: AccountRecord): void {
      const { accountId } = account
      accounts.createAccount(account)
      const { name, createdAt } = account
      setAccount.run(name, createdAt, settingsText(account), record.erasureKey ?? null, accountId)
      for (const statement of [removeClients, removeAssertions, removeImports]) statement.run(accountId)
      for (const client of record.clients) clients.createClient(accountId, client)
      for (const { clientId, jti, expiresAt } of record.assertions) {
        addAssertion.run(accountId, clientId, jti, expiresAt)
      }
      for (const { source, state } of record.imports) addImport.run(accountId, source, JSON.stringify(state))
    },

    writeRecords(accountId: string, records: InteractionRecord[], revision: number): void {
      const { changes } = setRevision.run(revision, accountId)
      if (changes !== 1) throw new Error(`there is no account ${accountId}`)
      for (const record of records) writeRecord(accountId, record)
    },
  }
}

import { hash } from 'node:crypto'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { combineCrc32 } from '../../src/interaction/crc32.ts'
import { openStore } from '../../src/store/open.ts'
import { encodeRun, type RunDocument } from '../../src/store/sqlite/interactions/run.ts'
import { MAX_RUN_BYTES, MAX_RUN_DOCUMENTS } from '../../src/store/sqlite/interactions/runs.ts'
import { accountId, ownerOf } from './accounts.ts'
import type { BenchDocument, Corpus } from './corpus.ts'

export interface FillOptions {
  /** A file that is not there yet. */
  file: string
  corpus: Corpus
  size: number
  accounts: number
  onProgress?: (done: number) => void
}

const HASH_BYTES = 16
/** Pages of the index of random ids are used again and again; some 100 MB of them for each million. */
const CACHE_KIBIBYTES = 1_500_000
const REPORT_EVERY = 20_000

/**
 * Fills a store with the first documents of a corpus, as the server would have written them one after the other, in an
 * eighth of the CPU time: rows are written directly, in one transaction that would not survive a crash, and what
 * documents have in common is deflated once. What is in the store then reads the same, revisions and hashes included.
 */
export async function fill({ file, corpus, size, accounts, onProgress }: FillOptions): Promise<void> {
  await createStore(file)
  const db = new DatabaseSync(file)
  db.exec(`PRAGMA foreign_keys = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF;
    PRAGMA journal_mode = OFF; PRAGMA cache_size = -${CACHE_KIBIBYTES}; BEGIN EXCLUSIVE`)
  const rows = new Rows(db)
  // Only the indexes of documents wait, since there may be many accounts with a run that is not full yet.
  const waiting = Array.from({ length: accounts }, () => ({ indexes: [] as number[], bytes: 0, revision: 0 }))
  const write = (account: number) => {
    const run = waiting[account] as (typeof waiting)[number]
    rows.writeRun(
      accountId(account),
      run.indexes.map((index) => corpus.document(index)),
      run.revision,
    )
    run.revision += run.indexes.length
    run.indexes = []
    run.bytes = 0
  }
  for (let index = 0; index < size; index += 1) {
    const account = ownerOf(index, accounts)
    const run = waiting[account] as (typeof waiting)[number]
    const bytes = deflatedBytes(corpus.document(index))
    const full = run.indexes.length === MAX_RUN_DOCUMENTS || run.bytes + bytes > MAX_RUN_BYTES
    if (full && run.indexes.length > 0) write(account)
    run.indexes.push(index)
    run.bytes += bytes
    if (index % REPORT_EVERY === 0) onProgress?.(index)
  }
  for (const [account, { indexes }] of waiting.entries()) {
    if (indexes.length > 0) write(account)
    rows.writeAccount(accountId(account), waiting[account]?.revision ?? 0)
  }
  db.exec('COMMIT; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL')
  db.close()
}

/** The file with its schema, made by the store itself. */
async function createStore(file: string): Promise<void> {
  const store = await openStore(`sqlite:${file}`)
  await store.close()
}

class Rows {
  readonly #account: StatementSync
  readonly #interaction: StatementSync
  readonly #run: StatementSync

  constructor(db: DatabaseSync) {
    this.#account = db.prepare(
      'INSERT INTO accounts (account_id, name, created_at, revision) VALUES (?, ?, 0, ?)',
    )
    this.#interaction = db.prepare(
      `INSERT INTO interactions (account_id, id, revision, customer_id, started_at, ended_at, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#run = db.prepare(
      `INSERT INTO runs (account_id, last_started_at, last_id, count, crc, length, body)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
  }

  writeAccount(account: string, revision: number): void {
    this.#account.run(account, account, revision)
  }

  /** Writes the next documents of an account, whose last revision is `revision`. */
  writeRun(account: string, documents: BenchDocument[], revision: number): void {
    for (const [index, each] of documents.entries()) {
      const { id, startedAt, endedAt, head, rest } = each
      const plain = Buffer.concat([Buffer.from(head), rest.json])
      const digest = hash('sha256', plain, 'buffer').subarray(0, HASH_BYTES)
      this.#interaction.run(account, id, revision + index + 1, rest.customerId, startedAt, endedAt, digest)
    }
    const last = documents.at(-1) as BenchDocument
    const { count, crc, length, body } = encodeRun(documents.map(runDocumentOf))
    this.#run.run(account, last.startedAt, last.id, count, crc, length, body)
  }
}

/** A block of deflate that is only stored (RFC 1951, 3.2.4) begins with its kind, its length and that inverted. */
const STORED_HEAD = 5

function deflatedBytes({ head, rest }: BenchDocument): number {
  return STORED_HEAD + head.length + rest.block.deflated.length
}

/** The head is kept as it is: compressing ten million of them would take longer than all else. */
function runDocumentOf(document: BenchDocument): RunDocument {
  const { id, startedAt, head, rest } = document
  const deflated = Buffer.allocUnsafe(deflatedBytes(document))
  deflated[0] = 0
  deflated.writeUInt16LE(head.length, 1)
  deflated.writeUInt16LE(~head.length & 0xffff, 3)
  deflated.write(head, STORED_HEAD, 'latin1')
  deflated.set(rest.block.deflated, STORED_HEAD + head.length)
  const crc = combineCrc32(crc32(head), rest.block.crc, rest.block.length)
  return { id, startedAt, block: { deflated, crc, length: head.length + rest.block.length } }
}

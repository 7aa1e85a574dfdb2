import type { DatabaseSync } from 'node:sqlite'
import type { Block } from '../../../interaction/block.ts'
import { comparePlaces, type Place } from '../../../interaction/place.ts'
import { decodeRun, encodeRun, indexFrom, type RunDocument } from './run.ts'

/**
 * A run holds as many documents, and as many deflated bytes unless it is of one document alone. Larger ones are read in
 * fewer rows, smaller ones are rewritten for less when one of their documents changes: docs/explanation/store.md.
 */
export const MAX_RUN_DOCUMENTS = 16
export const MAX_RUN_BYTES = 32 * 1024

/** The run being changed. It is written when another one is needed, or by `flush`. */
interface Current {
  accountId: string
  /** The key that its row has, where it has a row: the place of its last document when it was written. */
  key: Place | undefined
  documents: RunDocument[]
  bytes: number
  /** The last document of the run before, where there is one: what stands at it or before it is not of this run. */
  before: Place | undefined
  /** No run follows. */
  last: boolean
  changed: boolean
}

/**
 * Keeps the ended interactions of each account in runs. Changes are held until `flush`, so that a batch in order of
 * start, and the single writes of a transaction, write each run once. `forget` drops them where the transaction has
 * failed; `mark` gives what is held, for `restore` to hold again where all since then was rolled back.
 */
export function runWrites(db: DatabaseSync) {
  const statements = prepare(db)
  let current: Current | undefined

  /** Adds a document, or replaces the one at its place. */
  function put(accountId: string, document: RunDocument): void {
    const run = enter(accountId, document)
    const index = indexFrom(run.documents, document)
    const replaced = run.documents[index]
    const replaces = replaced !== undefined && comparePlaces(replaced, document) === 0
    run.documents.splice(index, replaces ? 1 : 0, document)
    run.bytes += document.block.deflated.length - (replaces ? replaced.block.deflated.length : 0)
    run.changed = true
    if (run.documents.length === 1) return
    if (run.documents.length > MAX_RUN_DOCUMENTS || run.bytes > MAX_RUN_BYTES) divide(run, index)
  }

  /**
   * Takes the document at this place out, and gives its deflated bytes. Error where there is none, since then runs and interactions
   * disagree.
   */
  function remove(accountId: string, place: Place): number {
    const run = enter(accountId, place)
    const index = indexFrom(run.documents, place)
    const bytes = foundAt(run, index, place).deflated.length
    run.bytes -= bytes
    run.documents.splice(index, 1)
    run.changed = true
    return bytes
  }

  /** The document at this place. Error where there is none. */
  function get(accountId: string, place: Place): Block {
    const run = enter(accountId, place)
    return foundAt(run, indexFrom(run.documents, place), place)
  }

  function flush(): void {
    const run = current
    current = undefined
    if (run?.changed) store(run)
  }

  function forget(): void {
    current = undefined
  }

  function mark(): Current | undefined {
    return current && { ...current, documents: [...current.documents] }
  }

  function restore(marked: Current | undefined): void {
    current = marked
  }

  /** Makes the run that this place belongs to the current one. */
  function enter(accountId: string, place: Place): Current {
    if (current?.accountId === accountId && covers(current, place)) return current
    flush()
    current = load(accountId, place)
    return current
  }

  function load(accountId: string, place: Place): Current {
    const { startedAt, id } = place
    const behind = statements.atOrBehind.get(accountId, startedAt, id)
    const row = (behind ?? statements.last.get(accountId)) as unknown as Row | undefined
    const run = { accountId, last: behind === undefined, changed: false }
    if (row === undefined) {
      return { ...run, key: undefined, documents: [], bytes: 0, before: undefined }
    }
    const key = { startedAt: row.startedAt, id: row.id }
    const before = statements.before.get(accountId, key.startedAt, key.id) as unknown as Place | undefined
    const documents = decodeRun(row.body)
    return { ...run, key, documents, bytes: bytesOf(documents), before }
  }

  /**
   * Divides a run that has become too large. Where its last document was added at the end of the account's runs, as
   * happens while conversations arrive in order, that one begins a new run and the full one stays full; otherwise it
   * becomes two or more of half the size, so that what arrives out of order does not divide it again soon.
   */
  function divide(run: Current, index: number): void {
    const appended = run.last && index === run.documents.length - 1
    if (!appended) {
      const parts = inParts(run.documents)
      removeRow(run)
      for (const documents of parts) store({ ...run, key: undefined, documents })
      current = undefined
      return
    }
    const [added] = run.documents.splice(-1) as [RunDocument]
    store(run)
    const bytes = added.block.deflated.length
    const { accountId } = run
    const before = run.documents.at(-1)
    current = { accountId, key: undefined, documents: [added], bytes, before, last: true, changed: true }
  }

  function store(run: Current): void {
    const { accountId, documents, key } = run
    const place = documents.at(-1)
    if (place === undefined) {
      removeRow(run)
      return
    }
    const { count, crc, length, body } = encodeRun(documents)
    const columns = [place.startedAt, place.id, count, crc, length, body] as const
    if (key === undefined) statements.insert.run(accountId, ...columns)
    else statements.update.run(...columns, accountId, key.startedAt, key.id)
  }

  function removeRow({ accountId, key }: Current): void {
    if (key !== undefined) statements.remove.run(accountId, key.startedAt, key.id)
  }

  return { put, remove, get, flush, forget, mark, restore }
}

export type RunWrites = ReturnType<typeof runWrites>

interface Row extends Place {
  body: Uint8Array
}

function covers({ before, documents, last }: Current, place: Place): boolean {
  if (before !== undefined && comparePlaces(place, before) <= 0) return false
  if (last) return true
  const end = documents.at(-1)
  return end !== undefined && comparePlaces(place, end) <= 0
}

function foundAt({ documents, accountId }: Current, index: number, place: Place): Block {
  const document = documents[index]
  if (document !== undefined && comparePlaces(document, place) === 0) return document.block
  throw new Error(`${accountId}: no run holds the document at ${place.startedAt}`)
}

/** Parts of half the documents at most, none over the bytes of a run unless it is one document alone. */
function inParts(documents: RunDocument[]): RunDocument[][] {
  const most = Math.ceil(documents.length / 2)
  const parts: RunDocument[][] = []
  let part: RunDocument[] = []
  let bytes = 0
  for (const document of documents) {
    const size = document.block.deflated.length
    if (part.length > 0 && (part.length === most || bytes + size > MAX_RUN_BYTES)) {
      parts.push(part)
      part = []
      bytes = 0
    }
    part.push(document)
    bytes += size
  }
  return [...parts, part]
}

function bytesOf(documents: RunDocument[]): number {
  return documents.reduce((sum, { block }) => sum + block.deflated.length, 0)
}

function prepare(db: DatabaseSync) {
  const row = 'SELECT last_started_at AS startedAt, last_id AS id, body FROM runs'
  return {
    atOrBehind: db.prepare(
      `${row} WHERE account_id = ? AND (last_started_at, last_id) >= (?, ?)
       ORDER BY last_started_at, last_id LIMIT 1`,
    ),
    last: db.prepare(`${row} WHERE account_id = ? ORDER BY last_started_at DESC, last_id DESC LIMIT 1`),
    before: db.prepare(
      `SELECT last_started_at AS startedAt, last_id AS id FROM runs
       WHERE account_id = ? AND (last_started_at, last_id) < (?, ?)
       ORDER BY last_started_at DESC, last_id DESC LIMIT 1`,
    ),
    insert: db.prepare(
      `INSERT INTO runs (account_id, last_started_at, last_id, count, crc, length, body)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: db.prepare(
      `UPDATE runs SET last_started_at = ?, last_id = ?, count = ?, crc = ?, length = ?, body = ?
       WHERE account_id = ? AND last_started_at = ? AND last_id = ?`,
    ),
    remove: db.prepare('DELETE FROM runs WHERE account_id = ? AND last_started_at = ? AND last_id = ?'),
  }
}

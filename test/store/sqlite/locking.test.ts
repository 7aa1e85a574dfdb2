import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { draft } from '../contract/drafts.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import { cleanUp, openAcme } from './support.ts'

const QUERY = { window: { from: 0, to: 0 }, maxBytes: 1e9 }

test('a write waits while another connection writes; reads do not', async (t) => {
  const { store, file } = await openAcme(t)
  const other = new DatabaseSync(file)
  cleanUp(t, () => other.close())
  other.exec('BEGIN IMMEDIATE')
  other.exec("UPDATE accounts SET name = 'Theirs'")
  let written = false
  const writing = store.writeInteractions('acme', [draft()]).then((results) => {
    written = true
    return results
  })
  await sleep(150)
  assert.equal(written, false)
  assert.equal((await store.getAccount('acme'))?.name, 'Acme')
  other.exec('COMMIT')
  assert.deepEqual(await writing, [{ outcome: 'created', revision: 1 }])
  assert.equal((await store.getAccount('acme'))?.name, 'Theirs')
})

test('a read leaves no transaction open behind it, whether it reads to the end or stops early', async (t) => {
  const { store, file } = await openAcme(t)
  await store.writeInteractions(
    'acme',
    Array.from({ length: 20 }, (_, n) => plainDraft(`i${n}`)),
  )
  const other = new DatabaseSync(file, { timeout: 0 })
  cleanUp(t, () => other.close())
  const reads = [
    () => store.listInteractions('acme', { ...QUERY, limit: 5 }),
    () => store.listInteractions('acme', { ...QUERY, limit: 20, maxBytes: 1 }),
    () => store.listInteractions('acme', { ...QUERY, limit: 100 }),
    () => store.getInteraction('acme', 'i3'),
    () => store.getAccount('acme'),
    () => store.listAccounts(),
    () => store.ping(),
    () => store.inspect(),
  ]
  for (const read of reads) {
    await store.setSetting('written', String(read))
    await read()
    // It succeeds only where nobody reads from the log.
    const checkpoint = other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    assert.equal(checkpoint?.busy, 0, String(read))
  }
})

test('the log stays small however much is written, while a reader comes and goes', async (t) => {
  const { store, file } = await openAcme(t)
  let total = 0
  for (let round = 0; round < 16; round += 1) {
    const noise = Array.from({ length: 100 }, (_, n) => noiseDraft(`r${round}-${n}`, 20_000))
    total += noise.reduce((sum, { json }) => sum + json.length / 2, 0)
    await store.writeInteractions('acme', noise)
    await store.listInteractions('acme', { ...QUERY, limit: 3 })
  }
  const log = statSync(`${file}-wal`).size
  assert.ok(total > 15 * MEBIBYTE && log < 12 * MEBIBYTE, `${log} bytes of log after ${total} bytes`)
})

const MEBIBYTE = 1024 * 1024

/** Hexadecimal digits: half of them are left when it is compressed. */
function noiseDraft(id: string, length: number) {
  const bytes = crypto.getRandomValues(new Uint8Array(length / 2))
  return plainDraft(id, Buffer.from(bytes).toString('hex'))
}

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { startDeflater } from '../../../src/store/postgres/interactions/deflater.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { storeOn } from '../../../src/store/postgres/store.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { draft, textOf } from '../contract/drafts.ts'
import { createDatabase } from './databases.ts'
import { recording } from './recording.ts'

const ran: string[] = []
const database = openDatabase(readAddress(await createDatabase()), DEFAULTS)
const store = storeOn(
  recording(database, ({ text }) => ran.push(text)),
  startDeflater(),
)
after(() => store.close())
await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })

const drafts = (from: number, text = 'hello') =>
  Array.from({ length: 10 }, (_, n) => draft({ id: `i${from + n}`, text }))

/** Writes them, and gives the outcomes that there were and how often it was asked what is stored. */
async function write(...given: Parameters<typeof drafts>) {
  ran.length = 0
  const results = await store.writeInteractions('acme', drafts(...given))
  const asked = ran.filter((text) => text.includes('AS asked (id)')).length
  return { outcomes: [...new Set(results.map(({ outcome }) => outcome))], asked }
}

test('behind a batch that was new the next one is compressed without asking, until something is stored', async () => {
  // Before it is compressed, and under the lock.
  assert.deepEqual(await write(0), { outcomes: ['created'], asked: 2 })
  assert.deepEqual(await write(10), { outcomes: ['created'], asked: 1 })
  assert.deepEqual(await write(10), { outcomes: ['unchanged'], asked: 1 })
  assert.deepEqual(await write(10), { outcomes: ['unchanged'], asked: 2 })
  assert.deepEqual(await write(20), { outcomes: ['created'], asked: 2 })
  assert.deepEqual(await write(20, 'something else'), { outcomes: ['updated'], asked: 1 })
  assert.deepEqual(await write(15), { outcomes: ['unchanged', 'updated'], asked: 2 })
  const stored = await store.getInteraction('acme', 'i20')
  assert.match(stored ? textOf(stored.document) : '', /hello/)
})

import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { draft, jsonOf } from '../contract/drafts.ts'
import { cleanUp, openAcme } from './support.ts'

test('a store that a newer version has upgraded beneath takes no writes, and is not ready', async (t) => {
  const { store, file } = await openAcme(t)
  await store.writeInteractions('acme', [draft({ id: 'before' })])
  await store.ping()
  const newer = new DatabaseSync(file, { timeout: 5000 })
  cleanUp(t, () => newer.close())
  const { user_version } = newer.prepare('PRAGMA user_version').get() as { user_version: number }
  newer.exec(`PRAGMA user_version = ${user_version + 1}`)
  const upgraded = (error: Error) => error instanceof StoreUnavailable && /newer Parlance/.test(error.message)
  await assert.rejects(store.writeInteractions('acme', [draft({ id: 'after' })]), upgraded)
  await assert.rejects(store.ping(), upgraded)
  assert.equal(await jsonOf(store, 'acme', 'after'), undefined)
})

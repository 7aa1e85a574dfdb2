import { test } from 'node:test'
import { openStore } from '../../../src/store/open.ts'
import { assertSurvivesKills } from '../kills.ts'
import { createDatabase } from './databases.ts'

test('a process that is killed a hundred times loses nothing that was acknowledged', {
  timeout: 300_000,
}, async (t) => {
  const url = await createDatabase()
  const store = await openStore(url)
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  await store.close()
  await assertSurvivesKills(t, url)
})

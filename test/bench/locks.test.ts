import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchLocks } from '../../bench/measure/locks.ts'
import { createDatabase } from '../store/postgres/databases.ts'
import { blockClients } from '../store/postgres/hold.ts'
import { runOn } from '../store/postgres/server.ts'
import { waiting } from '../store/postgres/waiting.ts'

test('a transaction that waits for a lock is seen, with what it waits for', async () => {
  const url = await createDatabase()
  const watch = watchLocks(url)
  assert.equal(watch.percent(), undefined)
  const release = await blockClients(url)
  const blocked = runOn(url, 'SELECT 1 FROM parlance.clients')
  try {
    await waiting(url, 1)
    watch.begin()
    while (watch.looks() < 4) await sleep(5)
    await watch.end()
  } finally {
    await release()
    await blocked
  }
  const percent = watch.percent() ?? 0
  // One waits and one holds.
  assert.ok(percent > 0 && percent < 100, `${percent}`)
  assert.ok((watch.kinds().relation ?? 0) > 0, JSON.stringify(watch.kinds()))
})

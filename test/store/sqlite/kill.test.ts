import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../../src/store/open.ts'
import { type Acknowledged, assertRun, openAcme, revisionsOf, startChild } from './support.ts'

const ROUNDS = 100

test('a killed process loses nothing that was acknowledged, and leaves nothing half-written', async (t) => {
  const { store: first, file } = await openAcme(t)
  await first.close()
  const acknowledged = new Map<string, number>()
  let next = startChild(t, 'writer.ts', [file, 'r0', '100000'])
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = next
    await child.ready()
    child.go()
    // The next one starts meanwhile, and waits for its turn.
    next = startChild(t, 'writer.ts', [file, `r${round + 1}`, '100000'])
    const told: unknown[] = []
    const acknowledgements = Math.floor(Math.random() * 15)
    while (told.length < acknowledgements) told.push(await child.next())
    await sleep(Math.random() * 8)
    child.process.kill('SIGKILL')
    told.push(...(await child.rest()))
    assert.equal(await child.ended, 'SIGKILL')
    for (const { ids, results } of told as Acknowledged[]) {
      for (const [index, id] of ids.entries()) acknowledged.set(id, results[index]?.revision as number)
    }
    await assertWhole(file, acknowledged)
  }
  assert.notEqual(acknowledged.size, 0)
})

async function assertWhole(file: string, acknowledged: Map<string, number>): Promise<void> {
  const store = await openStore(`sqlite:${file}`)
  try {
    const stored = await revisionsOf(store, 'acme')
    for (const [id, revision] of acknowledged) assert.equal(stored.get(id), revision, id)
    const last = await store.getRevision('acme')
    assertRun(stored.values(), last as number)
    const batches = new Map<string, number>()
    for (const id of stored.keys()) {
      const batch = id.slice(0, id.lastIndexOf('-'))
      batches.set(batch, (batches.get(batch) ?? 0) + 1)
    }
    for (const [batch, size] of batches) assert.equal(size, 3, `${batch} is whole`)
    const faults = (await store.inspect()).filter(({ name, ok }) => name === 'store integrity' && !ok)
    assert.deepEqual(faults, [])
  } finally {
    await store.close()
  }
}

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open.ts'
import { type Acknowledged, assertRun, revisionsOf, startChild } from './sqlite/support.ts'

const KILLS = 100
/** Everything is looked at as often; in between, what the last process was told is. */
const THOROUGH = 10

/**
 * A process that writes to the account `acme` is killed at any moment and another takes its place, a hundred times. Nothing that
 * was acknowledged is missing, nothing is half-written, and revisions are 1…N.
 */
export async function assertSurvivesKills(t: TestContext, url: string): Promise<void> {
  const acknowledged = new Map<string, number>()
  const start = (round: number) => startChild(t, 'writer.ts', [url, `r${round}`, '100000'])
  let next = start(0)
  for (let round = 1; round <= KILLS; round += 1) {
    const child = next
    await child.ready()
    child.go()
    // The next one starts meanwhile, and waits for its turn.
    next = start(round)
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
    if (round % THOROUGH === 0) await assertWhole(url, acknowledged)
  }
  assert.ok(acknowledged.size > KILLS)
}

async function assertWhole(url: string, acknowledged: Map<string, number>): Promise<void> {
  const store = await openStore(url)
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

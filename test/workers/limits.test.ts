import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { MAX_CLIENTS, RATE_WINDOW, type Standing } from '../../src/http/limiter.ts'
import { Leases } from '../../src/workers/leases.ts'
import { type Grant, type Holder, Limits, type Wish } from '../../src/workers/limits.ts'

const SILENT: Holder = { giveBack: () => Promise.reject(new Error('not in time')) }

/** A primary and its workers in one process, on a clock that the test moves. */
function deployment(limit: number, workers: number) {
  const time = { now: 5000 }
  const limits = new Limits({ limit, clock: () => time.now })
  const questions: (() => void)[] = []
  let asked = 0
  const newWorker = () => {
    const holder: Holder = { giveBack: async (claim) => worker.giveBack(claim) }
    const ask = (wish: Wish) => {
      asked += 1
      return new Promise<Grant>((resolve) => {
        questions.push(() => resolve(limits.lease(wish, holder)))
      })
    }
    const worker = new Leases({ limit, ask, clock: () => time.now })
    return worker
  }
  const leases = Array.from({ length: workers }, newWorker)
  /** Answers what the workers have asked, and what they ask then. */
  async function answer(): Promise<void> {
    while (questions.length > 0) {
      questions.shift()?.()
      await new Promise(setImmediate)
    }
  }
  async function take(worker: number, client = 'one'): Promise<Standing> {
    let standing: Standing | undefined
    leases[worker % workers]?.take(client, (given) => {
      standing = given
    })
    await answer()
    assert.ok(standing)
    return standing
  }
  return { time, limits, leases, questions, answer, take, asked: () => asked }
}

test('one after the other, over all workers in turn: exactly the limit, then refused until the window ends', async () => {
  for (const workers of [1, 2, 3, 8]) {
    for (const limit of [1, 2, 5, 17, 100, 999]) {
      const { take, time } = deployment(limit, workers)
      let allowed = 0
      for (let n = 0; n < limit + 20; n += 1) {
        const { current, ttl } = await take(n)
        if (current <= limit) allowed += 1
        assert.ok(ttl > 0 && ttl <= RATE_WINDOW)
      }
      assert.equal(allowed, limit, `limit ${limit}, ${workers} workers`)
      time.now += RATE_WINDOW
      assert.equal((await take(0)).current, 1)
    }
  }
})

test('a client that stays with one worker gets the whole limit, and its worker asks seldom', async () => {
  const { take, asked } = deployment(1000, 4)
  for (let n = 1; n <= 1000; n += 1) assert.ok((await take(0)).current <= 1000)
  assert.ok((await take(0)).current > 1000)
  assert.ok(asked() < 30, `asked ${asked()} times`)
})

test('a small limit is told as in one process', async () => {
  const { take } = deployment(5, 2)
  const told: number[] = []
  for (let n = 0; n < 6; n += 1) told.push((await take(n)).current)
  assert.deepEqual(told, [1, 2, 3, 4, 5, 6])
})

test('what a worker has shown to need is all that it holds', async () => {
  const limits = new Limits({ limit: 1000, clock: () => 0 })
  assert.equal((await limits.lease({ client: 'a', wanted: 1 }, SILENT)).permits, 1)
  assert.equal((await limits.lease({ client: 'a', wanted: 1_000_000 }, SILENT)).permits, 499)
})

test('whatever way requests take over the workers, nobody is refused below the limit', async () => {
  const ways = fc.array(fc.nat(3), { minLength: 60, maxLength: 60 })
  const run = fc.asyncProperty(fc.integer({ min: 1, max: 50 }), ways, async (limit, workers) => {
    const { take } = deployment(limit, 4)
    for (const [index, worker] of workers.entries()) {
      assert.equal((await take(worker)).current > limit, index >= limit)
    }
  })
  await fc.assert(run, { numRuns: 40 })
})

test('a worker that gives nothing back, or does not answer, does not stop the others', async () => {
  const limits = new Limits({ limit: 8, clock: () => 0 })
  const other: Holder = { giveBack: async () => 0 }
  assert.equal((await limits.lease({ client: 'a', wanted: 4 }, SILENT)).permits, 4)
  for (let n = 0; n < 4; n += 1) await limits.lease({ client: 'a', wanted: 1 }, other)
  const { permits, spent } = await limits.lease({ client: 'a', wanted: 1 }, other)
  assert.deepEqual([permits, spent], [0, true])
})

test('only permits of the window that is asked for are given back', async () => {
  const grant: Grant = { permits: 5, remaining: 0, spent: false, endsIn: 1000, window: 7 }
  const leases = new Leases({ limit: 5, ask: async () => grant, clock: () => 0 })
  await new Promise<Standing>((resolve) => leases.take('one', resolve))
  assert.equal(leases.giveBack({ client: 'one', window: 6 }), 0)
  assert.equal(leases.giveBack({ client: 'two', window: 7 }), 0)
  assert.equal(leases.giveBack({ client: 'one', window: 7 }), 4)
  assert.equal(leases.giveBack({ client: 'one', window: 7 }), 0)
})

test('permits end with their window', async () => {
  const { take, time } = deployment(100, 2)
  // The second lease is of two permits, one of which is left.
  for (let n = 0; n < 2; n += 1) await take(0)
  time.now += RATE_WINDOW
  let allowed = 0
  for (let n = 0; n < 100; n += 1) if ((await take(1)).current <= 100) allowed += 1
  if ((await take(0)).current <= 100) allowed += 1
  assert.equal(allowed, 100)
})

test('clients do not touch each other, nor do accounts', async () => {
  const { take } = deployment(3, 2)
  for (let n = 0; n < 10; n += 1) await take(n, 'one client')
  assert.equal((await take(0, 'two client')).current, 1)
  assert.ok((await take(1, 'one client')).current > 3)
})

test('however requests, answers and time follow each other, a window never has more than the limit', async () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ take: fc.nat(3) }) },
    { weight: 3, arbitrary: fc.constant('answer' as const) },
    { weight: 1, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 700 }) }) },
  )
  const run = fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 120 }), laws)
  await fc.assert(run, { numRuns: 60 })

  type Step = { take: number } | { pass: number } | 'answer'
  async function laws(limit: number, steps: Step[]): Promise<void> {
    const { leases, questions, answer, time } = deployment(limit, 4)
    const allowedAt: number[] = []
    let open = 0
    for (const each of steps) {
      if (each === 'answer') questions.shift()?.()
      else if ('pass' in each) time.now += each.pass
      else {
        open += 1
        const arrivedAt = time.now
        leases[each.take]?.take('one', ({ current }) => {
          open -= 1
          if (current <= limit) allowedAt.push(arrivedAt)
        })
      }
      await new Promise(setImmediate)
    }
    await answer()
    assert.equal(open, 0, 'somebody still waits')
    // Windows follow each other without overlap, so a stretch of n windows touches at most n + 1.
    const windows = Math.floor((time.now - 5000) / RATE_WINDOW) + 1
    assert.ok(allowedAt.length <= limit * windows, `${allowedAt.length} in ${windows} windows of ${limit}`)
  }
})

test('where the primary does not answer, nobody is refused', async () => {
  const leases = new Leases({ limit: 1, ask: () => Promise.reject(new Error('gone')), clock: () => 0 })
  for (let n = 0; n < 10; n += 1) {
    const standing = await new Promise<Standing>((resolve) => leases.take('one', resolve))
    assert.ok(standing.current <= 1)
  }
})

test(`the primary remembers ${MAX_CLIENTS} clients, and forgets the one seen longest ago`, async () => {
  const limits = new Limits({ limit: 1, clock: () => 0 })
  const permits = async (client: string) => (await limits.lease({ client, wanted: 1 }, SILENT)).permits
  for (let n = 0; n < MAX_CLIENTS; n += 1) await permits(`client ${n}`)
  assert.equal(await permits('client 0'), 0)
  assert.equal(await permits('another'), 1)
  assert.equal(await permits('client 0'), 0)
  assert.equal(await permits('client 1'), 1)
})

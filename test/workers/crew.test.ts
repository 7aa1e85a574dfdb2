import assert from 'node:assert/strict'
import cluster from 'node:cluster'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { untilSignal } from '../../src/cli/until-signal.ts'
import { readConfig } from '../../src/config.ts'
import { createCrew } from '../../src/workers/crew.ts'
import { forkMember, type Member } from '../../src/workers/member.ts'

cluster.setupPrimary({
  exec: fileURLToPath(new URL('./fixtures/worker.ts', import.meta.url)),
  args: [],
  serialization: 'advanced',
})

/** A crew of two real processes, which do as the region says. */
function crewOf(t: TestContext, region: string) {
  const config = readConfig({ region }, {})
  const forked: Member[] = []
  let restarts = 0
  const crew = createCrew({
    size: 2,
    fork(number) {
      const member = forkMember(number, {
        hello: () => ({ worker: number, config }),
        lease: () => Promise.reject(new Error('nobody asks')),
        metrics: async () => '',
      })
      forked.push(member)
      return member
    },
    onEnd() {},
    onRestart() {
      restarts += 1
    },
    stopTimeout: 30_000,
    logger: pino({ enabled: false }),
  })
  t.after(() => crew.stop())
  return { crew, forked, restarts: () => restarts }
}

async function assertEnded(forked: Member[]): Promise<void> {
  for (const { ended } of forked) await ended
}

test('where one worker cannot start, none goes on, and the reason is told', async (t) => {
  const { crew, forked } = crewOf(t, 'fails')
  await assert.rejects(crew.start(), { name: 'WorkersFailed', message: 'Worker 2 cannot start: no room' })
  await assertEnded(forked)
  assert.equal(forked.length, 2)
})

test('where one worker ends before it could serve, the start fails', async (t) => {
  const { crew, forked } = crewOf(t, 'mute')
  await assert.rejects(
    crew.start(),
    /^WorkersFailed: Worker [12] ended before it could serve \(exit code 3\)\.$/,
  )
  await assertEnded(forked)
})

test('a worker that ends again and again is replaced a few times; then the server stops with an error', async (t) => {
  const { crew, forked, restarts } = crewOf(t, 'dies')
  assert.equal(await crew.start(), 'http://here')
  const served = untilSignal({ stop: crew.stop, failure: crew.failure }, async () => {})
  await assert.rejects(served, {
    name: 'WorkersFailed',
    message: /^Worker 2 ended 6 times in a row soon after its start, so the server stops\./,
  })
  await assertEnded(forked)
  // The other one was left alone until then.
  assert.deepEqual([forked.length, restarts()], [7, 5])
})

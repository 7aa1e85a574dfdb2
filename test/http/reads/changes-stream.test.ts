import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Watch } from '../../../src/feed/watch.ts'
import { Answers } from '../../../src/http/answers.ts'
import { type StreamContext, streamEvents, streamLines } from '../../../src/http/reads/changes-stream.ts'
import { draft } from '../../store/contract/drafts.ts'
import { openAcme } from '../../store/sqlite/support.ts'

/** A stream of an account with one change; `room` are the bytes that answers may hold. */
async function contextOf(t: TestContext, room: number, revision: number | undefined) {
  const { store } = await openAcme(t)
  await store.writeInteractions('acme', [draft({ id: 'one' })])
  const context: StreamContext = {
    store,
    watch: new Watch(store),
    answers: new Answers(room, () => 0),
    socket: new Socket(),
    patience: 60_000,
    look: async () => revision,
    told: () => {},
    cut: () => assert.fail('was cut'),
  }
  return context
}

function followerAt(after: number, signal = new AbortController().signal) {
  const request = { after, perPage: 100, wait: 0 }
  return { accountId: 'acme', request, cursorAt: (at: number) => `at ${at}`, signal }
}

async function textOf(pieces: AsyncGenerator<Buffer>, gzip = false): Promise<string> {
  const all = Buffer.concat(await Array.fromAsync(pieces))
  return (gzip ? gunzipSync(all) : all).toString()
}

test('lines that end before the first batch end with a cursor, too', async (t) => {
  const context = await contextOf(t, 1024 * 1024, undefined)
  for (const gzip of [false, true]) {
    const text = await textOf(streamLines(context, followerAt(0), gzip), gzip)
    assert.equal(text, '{"cursor":"at 0","end_of_stream":false}\n')
  }
})

test('where there is nothing new, no room is needed', async (t) => {
  const context = await contextOf(t, 0, 1)
  assert.equal(
    await textOf(streamLines(context, followerAt(1), false)),
    '{"cursor":"at 1","end_of_stream":true}\n',
  )
  const leaving = new AbortController()
  const events = streamEvents(context, followerAt(1, leaving.signal))
  assert.match(String((await events.next()).value), /^id: at 1\nevent: end_of_stream\n/)
  leaving.abort()
  assert.equal((await events.next()).done, true)
})

test('a stream that waits for room ends when the server stops, and when its client is gone', async (t) => {
  for (const end of [
    ({ watch }: StreamContext) => watch.end(),
    ({ socket }: StreamContext) => socket.destroy(),
  ]) {
    const context = await contextOf(t, 0, 1)
    const look = async () => (context.watch.ended ? undefined : 1)
    const lines = textOf(streamLines({ ...context, look }, followerAt(0), false))
    const events = textOf(streamEvents({ ...context, look }, followerAt(0)))
    await new Promise(setImmediate)
    end(context)
    assert.ok(!(await lines).includes('one'))
    assert.equal(await events, '')
  }
})

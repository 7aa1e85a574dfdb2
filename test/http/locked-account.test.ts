import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAccess, startServer } from '../fixtures/server.ts'
import { createDatabase } from '../store/postgres/databases.ts'
import { holdAccount } from '../store/postgres/hold.ts'
import { waiting } from '../store/postgres/waiting.ts'
import { ask, interaction, message } from './support.ts'

const LARGE = { messages: [message('m', { text: 'x'.repeat(700_000) })] }

test('an account whose row is locked holds up no other', { timeout: 40_000 }, async (t) => {
  const url = await createDatabase()
  const server = await startServer(t, {
    PARLANCE_DATABASE: url,
    PARLANCE_DATABASE_LOCK_TIMEOUT: '3600',
    PARLANCE_DATABASE_TIMEOUT: '3600',
  })
  const [stuck, other] = [await createAccess(server), await createAccess(server)]
  const put = ({ token }: { token: string }, id: string, more = {}) =>
    ask(server, `/v1/interactions/${id}`, { method: 'PUT', token, body: interaction(id, more) })
  const release = await holdAccount(url, stuck.accountId)
  t.after(release)
  // Twice what may be on its way to the store; fewer than the connections of `ask`.
  const held = Promise.all(Array.from({ length: 12 }, (_, n) => put(stuck, `large-${n}`, LARGE)))
  await waiting(url, 1)
  for (let n = 0; n < 10; n += 1) assert.equal((await put(other, `small-${n}`)).status, 201)
  await release()
  for (const { status, text } of await held) assert.equal(status, 201, text)
})

test('many writes to a locked account are given up together', { timeout: 40_000 }, async (t) => {
  const url = await createDatabase()
  const server = await startServer(t, { PARLANCE_DATABASE: url, PARLANCE_DATABASE_LOCK_TIMEOUT: '2' })
  const { accountId, token } = await createAccess(server)
  const release = await holdAccount(url, accountId)
  t.after(release)
  const began = performance.now()
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => {
      // Some wait for room, the others for their turn.
      const body = interaction(`i-${n}`, n % 2 === 0 ? LARGE : {})
      return ask(server, `/v1/interactions/${body.id}`, { method: 'PUT', token, body })
    }),
  )
  const took = performance.now() - began
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array<number>(12).fill(503),
  )
  // After two seconds; one after the other, it would be twenty-four.
  assert.ok(took < 12_000, `${took} ms`)
  await release()
  assert.equal(await server.store.getRevision(accountId), 0)
})

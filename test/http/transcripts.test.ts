import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, message, write } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const { token } = access

const JSON_TYPE = { 'content-type': 'application/json' }
const LINES = { 'content-type': 'application/x-ndjson' }
const send = (method: string, path: string, body: Ask['body'], headers: Record<string, string>) =>
  ask(server, path, { method, token, headers: { ...JSON_TYPE, ...headers }, body })
const state = async (id: string) =>
  (await ask(server, `/v1/interactions/${id}`, { token })).headers['parlance-transcript']
const told = (text: string) => ({ 'parlance-transcript': text })

test('a state is told with every way of writing, kept until another is told, and readable by id', async () => {
  await write(server, access, [interaction('one')])
  assert.equal(await state('one'), undefined)
  const one = JSON.stringify(interaction('one'))
  const ways: [body: [method: string, path: string, body: string, headers: object], state: string][] = [
    [['PUT', '/v1/interactions/one', one, {}], 'pending'],
    [['POST', '/v1/interactions', `{"interactions":[${one}]}`, {}], 'complete'],
    [['POST', '/v1/interactions', one, LINES], 'failed'],
    [['POST', '/v1/interactions/one/messages', '{"messages":[]}', {}], 'pending'],
    [['POST', '/v1/interactions/one/messages', JSON.stringify(message('m1')), {}], 'complete'],
  ]
  for (const [[method, path, body, headers], next] of ways) {
    const before = await server.store.getRevision(access.accountId)
    assert.equal((await send(method, path, body, { ...headers, ...told(next) })).status, 200)
    assert.equal(await state('one'), next)
    assert.equal(await server.store.getRevision(access.accountId), (before ?? 0) + 1)
    // The same again changes nothing, and neither does who tells none.
    for (const again of [told(next), {}]) {
      if (path.endsWith('messages') && !('parlance-transcript' in again)) continue
      await send(method, path, body, { ...headers, ...again })
      assert.equal(await server.store.getRevision(access.accountId), (before ?? 0) + 1)
      assert.equal(await state('one'), next)
    }
  }
})

test('it comes with the changes, of open ones too', async () => {
  const own = await createAccess(server)
  const put = (id: string, body: object, headers: object) =>
    ask(server, `/v1/interactions/${id}`, {
      method: 'PUT',
      token: own.token,
      headers: { ...JSON_TYPE, ...headers },
      body,
    })
  await put('a', interaction('a'), told('pending'))
  await put('b', interaction('b', { ended_at: undefined }), told('complete'))
  await put('c', interaction('c'), {})
  const { changes } = JSON.parse((await ask(server, '/v1/changes', { token: own.token })).text)
  assert.deepEqual(
    changes.map(({ id, transcript }: { id: string; transcript?: string }) => [id, transcript]),
    [
      ['a', 'pending'],
      ['b', 'complete'],
      ['c', undefined],
    ],
  )
})

test('a state that there is not is refused by the name of the header, and nothing is written', async () => {
  const before = await server.store.getRevision(access.accountId)
  const fresh = JSON.stringify(interaction('fresh'))
  for (const text of ['done', 'Complete', '', 'pending, complete']) {
    for (const [method, path, body, headers] of [
      ['PUT', '/v1/interactions/fresh', fresh, {}],
      ['POST', '/v1/interactions', `{"interactions":[${fresh}]}`, {}],
      ['POST', '/v1/interactions', fresh, LINES],
      ['POST', '/v1/interactions/one/messages', '{"messages":[]}', {}],
    ] as const) {
      const answer = await send(method, path, body, { ...headers, ...told(text) })
      assert.equal(answer.status, 400, `${path} ${text}`)
      const { code, fields } = JSON.parse(answer.text)
      assert.deepEqual([code, fields[0].name], ['1904002', 'parlance-transcript'])
    }
  }
  assert.equal(await server.store.getRevision(access.accountId), before)
})

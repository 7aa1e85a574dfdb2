import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import type { AuditEntry } from '../../src/audit/audit.ts'
import { createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { composedApp } from './composed.ts'
import { openStream } from './streams.ts'
import { type Ask, ask, interaction, message, RANGE, until } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const { token, accountId, clientId } = access
const entries: AuditEntry[] = []
const woken: string[] = []
const app = await composedApp(server, {
  audit: { record: (entry) => entries.push(entry) },
  eraser: { wake: (account) => woken.push(account) },
  now: () => Date.UTC(2026, 0, 1),
})
const audited = { address: await app.listen({ host: '127.0.0.1', port: 0 }) }
after(() => app.close())

beforeEach(() => {
  entries.length = 0
})

const HUSH = 'hush-customer'
const documents = ['a', 'b'].map((id) =>
  interaction(id, { customer_id: HUSH, messages: [message('m1', { text: HUSH })] }),
)
const json = (method: string, body: Ask['body']): Ask => ({ method, token, body })
const lines = (text: string): Ask => ({
  method: 'POST',
  token,
  headers: { 'content-type': 'application/x-ndjson' },
  body: text,
})
/** Requests with a body, if only an empty one, are left to the framework. */
const BY_FRAMEWORK = { 'content-length': '0' }
const NDJSON = { accept: 'application/x-ndjson' }
const ALL = `/interactions?${RANGE}`

type Expected = Pick<AuditEntry, 'action' | 'what' | 'count'> & { id?: string }

/** In order: each works on what those before it left. */
const ROWS: [path: string, ask: Ask, status: number, expected: Expected][] = [
  [
    '/v1/interactions',
    json('POST', { interactions: [...documents, {}] }),
    200,
    { action: 'write', what: 'batch', count: 2 },
  ],
  [
    '/v1/interactions',
    lines(`${documents.map((each) => JSON.stringify(each)).join('\n')}\n{}`),
    200,
    { action: 'write', what: 'batch', count: 2 },
  ],
  [
    '/v1/interactions/c',
    json('PUT', interaction('c')),
    201,
    { action: 'write', what: 'interaction', count: 1, id: 'c' },
  ],
  [
    '/v1/interactions/c/messages',
    json('POST', message('m2')),
    200,
    { action: 'write', what: 'messages', count: 1, id: 'c' },
  ],
  ['/v1/interactions/c', { token }, 200, { action: 'read', what: 'interaction', count: 1, id: 'c' }],
  [
    '/v1/interactions/c',
    { token, headers: BY_FRAMEWORK },
    200,
    { action: 'read', what: 'interaction', count: 1, id: 'c' },
  ],
  [
    '/v1/interactions/c',
    { token, headers: { 'if-none-match': '*' } },
    304,
    { action: 'read', what: 'interaction', count: 0, id: 'c' },
  ],
  [ALL, { token }, 200, { action: 'read', what: 'listing', count: 3 }],
  [ALL, { token, headers: BY_FRAMEWORK }, 200, { action: 'read', what: 'listing', count: 3 }],
  ['/v1/interactions?per_page=2', { token }, 200, { action: 'read', what: 'listing', count: 2 }],
  ['/v1/changes?per_page=2', { token }, 200, { action: 'read', what: 'changes', count: 2 }],
  ['/v1/changes', { token, headers: NDJSON }, 200, { action: 'read', what: 'changes', count: 3 }],
  [
    '/v1/interactions/c',
    json('DELETE', undefined),
    202,
    { action: 'erase', what: 'interaction', count: 1, id: 'c' },
  ],
  [
    '/omnichannel/interactions/transcript',
    json('DELETE', { interaction_ids: ['a', 'x'] }),
    200,
    { action: 'erase', what: 'interactions', count: 1 },
  ],
  [`/v1/customers/${HUSH}`, json('DELETE', undefined), 202, { action: 'erase', what: 'customer', count: 0 }],
  [
    '/v1/interactions',
    json('DELETE', { confirm: accountId }),
    202,
    { action: 'erase', what: 'account', count: 0 },
  ],
]
for (const [path, options, status, expected] of ROWS) {
  const { method = 'GET', headers = {} } = options
  test(`${method} ${path.slice(0, 60)} ${JSON.stringify(headers)}: ${status} is told`, async () => {
    const answer = await ask(audited, path, options)
    assert.equal(answer.status, status, answer.text)
    await until(() => entries.length > 0)
    const common = {
      at: Date.UTC(2026, 0, 1),
      request: answer.headers['x-request-id'],
      account: accountId,
      client: clientId,
    }
    assert.deepEqual(entries, [{ ...common, ...expected, status }])
    assert.doesNotMatch(JSON.stringify(entries), /hush/)
  })
}

test('erasures that go on behind the request wake who goes on with them', () => {
  assert.deepEqual(woken, [accountId, accountId])
})

test('who is refused for what it may not is told, and others who are refused are not', async () => {
  const weak = await tokenFor(server, access, ['interactions:write'])
  const eraser = await tokenFor(server, access, ['interactions:erase'])
  const quiet: [path: string, ask: Ask, status: number][] = [
    [ALL, {}, 401],
    [`${ALL}&per_page=0`, { token }, 400],
    ['/v1/interactions/none', { token }, 404],
    ['/v1/interactions/d', json('PUT', {}), 400],
    ['/v1/interactions/c', json('PUT', interaction('c')), 409],
    ['/v1/interactions/d/messages', json('POST', message('m')), 404],
    ['/healthz', { token }, 200],
    ['/v1/interactions', { method: 'PATCH', token }, 405],
  ]
  for (const [path, options, status] of quiet) {
    assert.equal((await ask(audited, path, options)).status, status, path)
  }
  const told: [path: string, ask: Ask, action: string, what: string][] = [
    [ALL, { token: weak }, 'read', 'listing'],
    [ALL, { token: weak, headers: BY_FRAMEWORK }, 'read', 'listing'],
    ['/v1/interactions/c', { token: eraser, method: 'PUT', body: {} }, 'write', 'interaction'],
    ['/v1/interactions/c', { token: weak, method: 'DELETE' }, 'erase', 'interaction'],
    ['/v1/customers/c', { token: weak, method: 'DELETE' }, 'erase', 'customer'],
  ]
  for (const [path, options] of told) assert.equal((await ask(audited, path, options)).status, 403)
  await until(() => entries.length === told.length)
  assert.deepEqual(
    entries.map(({ action, what, count, status, id }) => [action, what, count, status, id]),
    told.map(([, , action, what]) => [action, what, 0, 403, undefined]),
  )
})

test('a stream whose client leaves is told with what it was given', async () => {
  const own = await createAccess(server)
  await ask(audited, '/v1/interactions', {
    method: 'POST',
    token: own.token,
    body: { interactions: documents },
  })
  await until(() => entries.length === 1)
  const events = await openStream(audited, '/v1/changes', own, { accept: 'text/event-stream' })
  await until(() => events.text().includes('end_of_stream'))
  assert.equal(entries.length, 1)
  events.close()
  await until(() => entries.length === 2)
  const { action, what, count, account, status } = entries[1] as AuditEntry
  assert.deepEqual([action, what, count, account, status], ['read', 'changes', 2, own.accountId, 200])
})

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, message } from './support.ts'

const server = await startServer({ after })
const { token, accountId } = await createAccess(server)

const pathOf = (id: string) => `/v1/interactions/${encodeURIComponent(id)}`
const get = (id: string, options: Ask = {}) => ask(server, pathOf(id), { token, ...options })
const put = (id: string, body: Ask['body'], headers: Record<string, string> = {}, path = pathOf(id)) =>
  ask(server, path, {
    method: 'PUT',
    token,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
const revision = () => server.store.getRevision(accountId)

const error = (code: string, text: string, more: object = {}) =>
  JSON.stringify({ code, message: text, ...more })
const invalid = (more: object) => error('1904001', 'Invalid request body. (Bad Request)', more)
const unreadable = (more: object) => error('1904002', 'Invalid request. (Bad Request)', more)
const NOT_FOUND = error('1904040', 'The requested resource was not found. (Not Found)')
const FAILED = error(
  '1904120',
  'The interaction is not at the revision that was asked for. (Precondition Failed)',
)

test('an interaction is created, unchanged, updated, ended, and then cannot be opened again', async () => {
  const open = interaction('life', { ended_at: undefined })
  const start = (await revision()) ?? 0
  const steps: [body: object, status: number, result: string, revision: number, state: string][] = [
    [open, 201, 'created', 1, 'open'],
    [open, 200, 'unchanged', 1, 'open'],
    [{ ...open, direction: 'OUT' }, 200, 'updated', 2, 'open'],
    [interaction('life'), 200, 'updated', 3, 'ended'],
    [{ ...interaction('life'), id: undefined }, 200, 'unchanged', 3, 'ended'],
    [interaction('life', { ended_at: '2024-03-10T11:00:00Z' }), 200, 'updated', 4, 'ended'],
  ]
  for (const [body, status, result, step, state] of steps) {
    const written = await put('life', body)
    const expected = { id: 'life', result, revision: start + step }
    assert.deepEqual([written.status, written.text], [status, JSON.stringify(expected)])
    assert.equal(written.headers['parlance-revision'], String(start + step))
    assert.equal(written.headers['content-type'], 'application/json; charset=utf-8')
    assert.equal(written.headers.location, status === 201 ? `${server.url}/v1/interactions/life` : undefined)
    const stored = await get('life')
    assert.equal(stored.headers.etag, written.headers.etag)
    assert.equal(stored.headers['parlance-revision'], String(start + step))
    assert.equal(stored.headers['parlance-state'], state)
    assert.equal(stored.headers.vary, 'Accept-Encoding')
    assert.equal(stored.headers['cache-control'], 'private')
    assert.equal(stored.headers['content-type'], 'application/json')
  }
  const reopened = await put('life', open)
  const conflict = error('1904090', 'The interaction has ended and cannot be opened again. (Conflict)')
  assert.deepEqual([reopened.status, reopened.text], [409, conflict])
  assert.equal(await revision(), start + 4)
})

test('messages that are left out stay, with what the sender added to them', async () => {
  const messages = [message('m1', { own: 1 }), message('m2')]
  await put('messages', interaction('messages', { messages }))
  const { messages: _, ...without } = interaction('messages', { direction: 'OUT' })
  assert.equal(JSON.parse((await put('messages', without)).text).result, 'updated')
  assert.deepEqual(
    JSON.parse((await get('messages')).text),
    interaction('messages', { direction: 'OUT', messages }),
  )
  assert.equal(JSON.parse((await put('messages', { ...without, messages: null })).text).result, 'unchanged')
  assert.equal(JSON.parse((await put('messages', { ...without, messages: [] })).text).result, 'updated')
  assert.deepEqual(JSON.parse((await get('messages')).text).messages, [])
})

test('messages that are left out count for the size of the whole', async () => {
  const text = 't'.repeat(1000 * 1024)
  const messages = Array.from({ length: 8 }, (_, index) => message(`m${index}`, { text }))
  assert.equal((await put('large', interaction('large', { messages }))).status, 201)
  const { messages: _, ...without } = interaction('large', { notes: 'n'.repeat(400 * 1024) })
  const tooLarge = error('1904130', 'The request body is too large. (Content Too Large)')
  const answer = await put('large', without)
  assert.deepEqual([answer.status, answer.text], [413, tooLarge])
  const whole = await put('large', { ...without, messages })
  const description = 'The interaction is larger than 8388608 bytes.'
  assert.deepEqual([whole.status, JSON.parse(whole.text).description], [413, description])
})

test('an id may be anything of 1 to 256 bytes; it is one id in the path and in the body', async () => {
  const rows = [
    'a/b',
    'a b',
    'a%2Fb',
    '100%',
    'é',
    '言葉',
    '\u{1f600}',
    'a?b#c',
    'a+b',
    '..',
    '.',
    ';x=1',
    '~!@$&*()',
    '"',
    '\n',
    'e\u0301',
  ]
  for (const id of [...rows, 'é'.repeat(128), 'x'.repeat(256)]) {
    const document = interaction(id, { customer_id: 'c' })
    const created = await put(id, document)
    assert.equal(created.status, 201, id)
    assert.equal(created.headers.location, server.url + pathOf(id))
    assert.equal((await put(id, { ...document, id: undefined })).status, 200, id)
    const stored = await get(id)
    assert.deepEqual([stored.status, JSON.parse(stored.text).id], [200, id])
  }
  // Every character may be percent-encoded, and hexadecimal digits have no case.
  assert.equal((await ask(server, '/v1/interactions/%c3%A9', { token })).status, 200)
  assert.equal((await ask(server, '/v1/interactions/%61%2f%62', { token })).status, 200)
})

test('what is no id is a fault of a write, and names nothing for a read', async () => {
  const fields = [{ name: 'id', description: 'must have 1 to 256 bytes, and no NUL character' }]
  for (const path of ['x'.repeat(257), `${'%C3%A9'.repeat(128)}x`, 'a%00b', '%00']) {
    const written = await put('', interaction('x'), {}, `/v1/interactions/${path}`)
    assert.deepEqual([written.status, written.text], [400, unreadable({ fields })])
    const read = await ask(server, `/v1/interactions/${path}`, { token })
    assert.deepEqual([read.status, read.text], [404, NOT_FOUND])
  }
  for (const path of ['%ff', '%C3', '%zz', '%', 'a%2', '%ED%A0%80']) {
    const written = await put('', interaction('x'), {}, `/v1/interactions/${path}`)
    assert.deepEqual([written.status, written.text], [400, unreadable({})], path)
  }
  const long = await put('', interaction('x'), {}, `/v1/interactions/${'x'.repeat(769)}`)
  assert.deepEqual([long.status, long.text], [414, error('1904140', 'The URL is too long. (URI Too Long)')])
  const name = [{ name: 'id', description: 'must be the id in the path, or be left out' }]
  for (const id of ['other', 'path ', 'PATH']) {
    const answer = await put('path', interaction(id))
    assert.deepEqual([answer.status, answer.text], [400, invalid({ fields: name })])
  }
  assert.equal((await get('path')).status, 404)
})

test('a write depends on If-Match and If-None-Match', async () => {
  await put('tagged', interaction('tagged'))
  const { etag = '' } = (await get('tagged')).headers
  const zipped = (await get('tagged', { headers: { 'accept-encoding': 'gzip' } })).headers.etag ?? ''
  assert.match(etag, /^"\d+-[\w-]{8}"$/)
  assert.equal(zipped, `${etag.slice(0, -1)}-gzip"`)
  const newer = etag.replace(/\d+/, (text) => String(Number(text) + 1))
  const rows: [id: string, headers: Record<string, string>, status: number][] = [
    ['tagged', { 'if-match': etag }, 200],
    ['tagged', { 'if-match': zipped }, 200],
    ['tagged', { 'if-match': `"other", ${etag}` }, 200],
    ['tagged', { 'if-match': '*' }, 200],
    ['tagged', { 'if-match': `W/${etag}` }, 412],
    ['tagged', { 'if-match': newer }, 412],
    ['tagged', { 'if-match': '"1"' }, 412],
    ['tagged', { 'if-match': '"a,b"' }, 412],
    ['tagged', { 'if-none-match': '*' }, 412],
    ['tagged', { 'if-match': '*', 'if-none-match': '*' }, 412],
    ['tagged', { 'if-match': etag, 'if-none-match': '*' }, 412],
    ['absent', { 'if-match': '*' }, 412],
    ['absent', { 'if-match': '*', 'if-none-match': '*' }, 412],
    ['absent', { 'if-match': etag }, 412],
    ['absent', { 'if-none-match': '*' }, 201],
    ['absent', { 'if-none-match': '*' }, 412],
  ]
  for (const [id, headers, status] of rows) {
    const answer = await put(id, interaction(id), headers)
    assert.equal(answer.status, status, JSON.stringify([id, headers]))
    if (status === 412) assert.equal(answer.text, FAILED)
  }
  const faults: [name: string, value: string, description: string][] = [
    ['if-match', 'nonsense', 'must be * or tags as they came in ETag'],
    ['if-match', '', 'must be * or tags as they came in ETag'],
    ['if-match', `${etag} ${etag}`, 'must be * or tags as they came in ETag'],
    ['if-none-match', etag, 'must be * when writing'],
    ['if-none-match', '', 'must be * when writing'],
  ]
  for (const [name, value, description] of faults) {
    const answer = await put('tagged', interaction('tagged', { direction: 'OUT' }), { [name]: value })
    const expected = [400, unreadable({ fields: [{ name, description }] })]
    assert.deepEqual([answer.status, answer.text], expected)
  }
  assert.equal((await get('tagged')).headers.etag, etag)
})

test('of writers that read the same revision, one wins', async () => {
  await put('race', interaction('race'))
  const { etag = '' } = (await get('race')).headers
  const writers = Array.from({ length: 8 }, (_, index) =>
    put('race', interaction('race', { customer_id: `c${index}` }), { 'if-match': etag }),
  )
  const statuses = (await Promise.all(writers)).map(({ status }) => status)
  assert.deepEqual(statuses.toSorted(), [200, ...Array(7).fill(412)])
})

test('a read with If-None-Match brings 304 while nothing has changed', async () => {
  await put('read', interaction('read'))
  const { etag = '' } = (await get('read')).headers
  const rows: [header: string, status: number][] = [
    [etag, 304],
    [`W/${etag}`, 304],
    [`"x" , ${etag.slice(0, -1)}-gzip"`, 304],
    ['*', 304],
    ['"other"', 200],
    [`${etag.slice(0, -1)}x"`, 200],
    [etag.replace(/\d+/, '999999'), 200],
  ]
  for (const [header, status] of rows) {
    const answer = await get('read', { headers: { 'if-none-match': header } })
    assert.deepEqual([answer.status, answer.headers.etag], [status, etag], header)
    assert.equal(answer.headers['parlance-state'], 'ended')
  }
  await put('read', interaction('read', { direction: 'OUT' }))
  assert.equal((await get('read', { headers: { 'if-none-match': etag } })).status, 200)
})

test('the body is one JSON document, plain or gzip', async () => {
  const text = JSON.stringify(interaction('body'))
  assert.equal((await put('body', gzipSync(text), { 'content-encoding': 'gzip' })).status, 201)
  const type = error('1904150', 'The media type of the body is not supported. (Unsupported Media Type)')
  for (const contentType of ['text/plain', 'application/x-ndjson', 'application/x-www-form-urlencoded', '']) {
    const answer = await put('body', text, { 'content-type': contentType })
    assert.deepEqual([answer.status, answer.text], [415, type])
  }
  const untyped = await ask(server, pathOf('body'), { method: 'PUT', token, body: text })
  assert.deepEqual([untyped.status, untyped.text], [415, type])
  assert.equal((await put('body', text, { 'content-encoding': 'br' })).status, 415)
  const rows: [body: string, more: object][] = [
    ['', { description: 'The body is not JSON (it ends in the middle).' }],
    [`${text}\n${text}`, { description: `The body is not JSON (at character ${text.length + 2}).` }],
    ['[]', { description: 'The interaction must be an object.' }],
    ['null', { description: 'The interaction must be an object.' }],
  ]
  for (const [body, more] of rows) {
    const answer = await put('body', body)
    assert.deepEqual([answer.status, answer.text], [400, invalid(more)])
  }
})

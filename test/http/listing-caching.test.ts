import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, message, PATHS, RANGE, write } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const documents = Array.from({ length: 60 }, (_, index) =>
  interaction(`i-${index}`, {
    // The last one is large enough to be deflated in another way.
    messages: [message('m', { text: 'ein Wort, 言葉, слово '.repeat(index === 59 ? 5000 : 20) })],
  }),
)
await write(server, access, documents)

const get = (path: string, options: Ask = {}) => ask(server, path, { token: access.token, ...options })
const first = await get(`/interactions?${RANGE}`)
const next = JSON.parse(first.text)._links.next.href.slice(server.url.length)
/** Both kinds of request that can be asked again, and one whose range moves with the clock. */
const REPEATABLE = [`/interactions?${RANGE}`, `/conversations/interactions?${RANGE}&per_page=2`, next]
const MOVING = ['/interactions', '/interactions?interaction_started=2024-03-10T00:00:00Z']

test('a range or a cursor has a weak tag, and the tag brings 304', async () => {
  for (const path of REPEATABLE) {
    const full = await get(path)
    const etag = full.headers.etag ?? ''
    assert.match(etag, /^W\/"[\w-]{22}"$/)
    const strong = etag.slice(2)
    const rows: [header: string, status: number][] = [
      [etag, 304],
      [strong, 304],
      [`"other", ${etag}`, 304],
      [`${etag},"other"`, 304],
      ['*', 304],
      ['"other"', 200],
      [`W/"${strong.slice(1, -2)}${strong.at(-2) === 'x' ? 'y' : 'x'}"`, 200],
      [strong.slice(1, -1), 200],
      ['', 200],
    ]
    for (const [header, status] of rows) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await get(path, { method, headers: { 'if-none-match': header } })
        assert.deepEqual([answer.status, answer.headers.etag], [status, etag], header)
        assert.equal(answer.headers.vary, 'Accept-Encoding')
        assert.equal(answer.headers['cache-control'], 'private')
        if (status === 200 && method === 'GET') assert.equal(answer.text, full.text)
        if (status === 304) assert.equal(answer.headers['content-type'], undefined)
      }
    }
  }
})

test('a range that moves with the clock has no tag', async () => {
  for (const path of MOVING) {
    for (const headers of [{}, { 'if-none-match': '*' }]) {
      const answer = await get(path, { headers })
      assert.deepEqual([answer.status, answer.headers.etag], [200, undefined])
      assert.equal(answer.headers.vary, 'Accept-Encoding')
      assert.equal(answer.headers['cache-control'], 'private')
    }
  }
})

test('no two of accounts, paths, ranges, page sizes and cursors share a tag', async () => {
  const other = await createAccess(server)
  await write(server, other, documents)
  const paths = PATHS.flatMap((path) => [
    `${path}?${RANGE}`,
    `${path}?${RANGE}&per_page=51`,
    `${path}?${RANGE.replace('00:00:00Z', '00:00:00.000001Z')}`,
    path + next.slice(next.indexOf('?')),
  ])
  const tags: string[] = []
  for (const path of paths) tags.push((await get(path)).headers.etag ?? '')
  for (const path of paths.filter((each) => !each.includes('cursor'))) {
    tags.push((await get(path, { token: other.token })).headers.etag ?? '')
    const borrowed = await get(path, { token: other.token, headers: { 'if-none-match': tags.join(', ') } })
    assert.equal(borrowed.status, 304, 'its own tag is among them')
    const foreign = await get(path, {
      token: other.token,
      headers: { 'if-none-match': tags.slice(0, 8).join(', ') },
    })
    assert.equal(foreign.status, 200)
  }
  assert.equal(new Set(tags).size, tags.length)
  assert.ok(!tags.includes(''))
})

test('a write changes the tag, and a write that changes nothing does not', async () => {
  const by = await createAccess(server)
  const tag = async () => (await get(`/interactions?${RANGE}`, { token: by.token })).headers.etag
  const tags = [await tag()]
  for (const more of [{}, { direction: 'OUT' }, { started_at: '2024-03-09T00:00:00Z' }]) {
    await write(server, by, [interaction('one', more)])
    tags.push(await tag())
    await write(server, by, [interaction('one', more)])
    assert.equal(await tag(), tags.at(-1))
  }
  assert.equal(new Set(tags).size, 4)
})

test('HEAD answers with the headers of GET and no body', async () => {
  for (const path of [
    ...REPEATABLE,
    ...MOVING,
    '/interactions?per_page=0',
    '/v1/interactions/i-1',
    '/v1/interactions/none',
  ]) {
    for (const encoding of ['identity', 'gzip']) {
      const headers = { 'accept-encoding': encoding, 'x-request-id': 'same' }
      const full = await get(path, { headers })
      const head = await get(path, { method: 'HEAD', headers })
      const without = ({ date: _, ...others }: typeof head.headers) => others
      assert.deepEqual([head.status, without(head.headers)], [full.status, without(full.headers)])
      assert.equal(head.headers['content-length'], String(full.bytes.length))
    }
  }
})

const ENCODINGS: [accept: string | undefined, gzip: boolean][] = [
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP', true],
  ['gzip, deflate, br', true],
  ['br;q=1.0, gzip;q=0.8', true],
  ['gzip;q=0', false],
  ['gzip;q=0.000', false],
  ['*', true],
  ['*;q=0', false],
  ['identity', false],
  ['identity;q=0', false],
  ['identity;q=0, gzip', true],
  ['identity;q=1, gzip;q=0.5', false],
  ['gzip;q=0.5, identity;q=0.1', true],
  ['br', false],
  ['deflate', false],
  ['zstd, br', false],
  ['gzip;q=0, *', false],
  ['x-gzip', false],
  ['gzip;q=oops', false],
  [', ,', false],
]

test('gzip goes to those who take it, and inflates to the plain bytes', async () => {
  for (const path of [...REPEATABLE, '/v1/interactions/i-59']) {
    const plain = await get(path)
    assert.equal(plain.headers['content-encoding'], undefined)
    for (const [accept, gzip] of ENCODINGS) {
      const answer = await get(path, {
        headers: { ...(accept !== undefined && { 'accept-encoding': accept }) },
      })
      assert.equal(answer.headers['content-encoding'], gzip ? 'gzip' : undefined, `${accept}`)
      assert.equal(answer.headers['content-length'], String(answer.bytes.length))
      assert.deepEqual(gzip ? gunzipSync(answer.bytes) : answer.bytes, plain.bytes, `${accept}`)
      assert.equal(answer.headers.vary, 'Accept-Encoding')
    }
  }
})

const HAL = 'application/hal+json'
const JSON_TYPE = 'application/json'
const MEDIA_TYPES: [accept: string | undefined, type: string | undefined][] = [
  [undefined, HAL],
  ['', HAL],
  ['*/*', HAL],
  ['application/*', HAL],
  [HAL, HAL],
  [JSON_TYPE, JSON_TYPE],
  ['Application/JSON', JSON_TYPE],
  ['application/json, text/plain, */*', JSON_TYPE],
  ['application/json; charset=utf-8', JSON_TYPE],
  ['application/hal+json;charset=UTF-8', HAL],
  ['text/html, */*;q=0.1', HAL],
  ['application/json;q=0.5, application/hal+json', HAL],
  ['application/hal+json;q=0.2, application/json;q=0.8', JSON_TYPE],
  ['application/hal+json;q=0, */*', JSON_TYPE],
  ['application/hal+json, application/json', HAL],
  ['text/html', undefined],
  ['application/xml', undefined],
  ['application/problem+json', undefined],
  ['application/hal+json;q=0', undefined],
  ['*/*;q=0', undefined],
  ['json', undefined],
]

test('Accept chooses between HAL and plain JSON, or brings 406', async () => {
  const refusal =
    '{"code":"1904060","message":"None of the accepted media types can be produced. (Not Acceptable)"}'
  for (const path of [...REPEATABLE, ...MOVING]) {
    const plain = await get(path)
    for (const [accept, type] of MEDIA_TYPES) {
      const answer = await get(path, accept === undefined ? {} : { headers: { accept } })
      assert.equal(answer.status, type === undefined ? 406 : 200, `${accept}`)
      assert.equal(answer.headers['content-type'], type ?? JSON_TYPE, `${accept}`)
      if (type === undefined) assert.equal(answer.text, refusal)
      else assert.equal(answer.headers.etag, plain.headers.etag)
    }
  }
})

test('one interaction, which has no links, is JSON unless the client asks for HAL', async () => {
  const types: [accept: string | undefined, type: string][] = [
    [undefined, JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/hal+json, application/json', HAL],
    [HAL, HAL],
  ]
  for (const [accept, type] of types) {
    const answer = await get('/v1/interactions/i-1', accept === undefined ? {} : { headers: { accept } })
    assert.equal(answer.headers['content-type'], type, `${accept}`)
  }
  const refused = await get('/v1/interactions/i-1', { headers: { accept: 'text/html' } })
  assert.equal(refused.status, 406)
})

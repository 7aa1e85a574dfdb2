import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createAccess, startServer } from '../fixtures/server.ts'
import { ask, interaction, message } from './support.ts'

const server = await startServer({ after })
const { token, accountId } = await createAccess(server)

const JSON_TYPE = { 'content-type': 'application/json' }
const send = (body: string | Uint8Array | object | undefined, headers: Record<string, string> = JSON_TYPE) =>
  ask(server, '/v1/interactions', { method: 'POST', token, headers, body })
const revision = () => server.store.getRevision(accountId)

async function post(interactions: unknown[]) {
  const answer = await send({ interactions })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
  return JSON.parse(answer.text)
}

async function read(id: string): Promise<string> {
  return (await ask(server, `/v1/interactions/${encodeURIComponent(id)}`, { token })).text
}

const error = (code: string, text: string, more: object) => JSON.stringify({ code, message: text, ...more })
const invalid = (more: object) => error('1904001', 'Invalid request body. (Bad Request)', more)
const tooLarge = (more: object) =>
  error('1904130', 'The request body is too large. (Content Too Large)', more)

test('each interaction has its own result, and each change its own revision', async () => {
  const start = (await revision()) ?? 0
  const first = await post([interaction('a'), interaction('b', { ended_at: undefined }), interaction('a')])
  assert.deepEqual(first, {
    created: 2,
    updated: 0,
    unchanged: 1,
    rejected: 0,
    results: [
      { index: 0, id: 'a', result: 'created', revision: start + 1 },
      { index: 1, id: 'b', result: 'created', revision: start + 2 },
      { index: 2, id: 'a', result: 'unchanged', revision: start + 1 },
    ],
  })
  const problem = {
    code: '1904001',
    message: 'Invalid request body. (Bad Request)',
    description: 'The interaction must be an object.',
  }
  const second = await post([
    interaction('a', { direction: 'OUT' }),
    null,
    interaction('b'),
    interaction('b', { ended_at: undefined }),
  ])
  assert.deepEqual(second, {
    created: 0,
    updated: 2,
    unchanged: 0,
    rejected: 2,
    results: [
      { index: 0, id: 'a', result: 'updated', revision: start + 3 },
      { index: 1, result: 'rejected', problem },
      { index: 2, id: 'b', result: 'updated', revision: start + 4 },
      {
        index: 3,
        id: 'b',
        result: 'rejected',
        problem: {
          code: '1904090',
          message: 'The interaction has ended and cannot be opened again. (Conflict)',
        },
      },
    ],
  })
  assert.equal(await revision(), start + 4)
  assert.deepEqual(await post([]), { created: 0, updated: 0, unchanged: 0, rejected: 0, results: [] })
})

test('messages that are left out stay; messages that are empty go', async () => {
  const messages = [message('m1'), message('m2')]
  await post([interaction('kept', { messages })])
  const without = { ...interaction('kept', { direction: 'OUT' }), messages: undefined }
  assert.equal((await post([without])).updated, 1)
  assert.deepEqual(JSON.parse(await read('kept')), interaction('kept', { direction: 'OUT', messages }))
  assert.equal((await post([without])).unchanged, 1)
  assert.equal((await post([{ ...without, messages: [] }])).updated, 1)
  assert.deepEqual(JSON.parse(await read('kept')).messages, [])
})

/** A document with properties of the sender's own, as text: they come back behind the named ones. */
const own = (id: string, properties: string) =>
  `${JSON.stringify(interaction(id)).slice(0, -1)},${properties}}`

test('properties of the sender’s own come back exactly as they were written', async () => {
  const properties = [
    '"n":12345678901234567890.12345678901234567890',
    '"f":1.0,"e":1E400,"z":-0,"o":{"b":1,"a":[null,{"c":1e2}]}',
    '"__proto__":{"polluted":1},"constructor":1,"toString":null',
    '"\u{1f600}":"\u2028","half":"\\ud800","nul":"\\u0000","":""',
    '"x":1,"x":2.50',
  ]
  const expected = properties.with(-1, '"x":2.50')
  for (const [index, each] of properties.entries()) {
    const { status } = await send(`{"interactions":[${own(`own-${index}`, each)}]}`)
    assert.equal(status, 200)
    assert.equal(await read(`own-${index}`), own(`own-${index}`, expected[index] ?? ''))
  }
  assert.equal(({} as { polluted?: number }).polluted, undefined)
})

test('whatever else the body holds, each interaction gets its own properties', async () => {
  const decoy = own('decoy', '"x":"wrong"')
  const bodies: ((list: string) => string)[] = [
    (list) => `{"_embedded":{"interactions":[null,${decoy}]},"interactions":${list}}`,
    (list) => `{"interactions":[${decoy},${decoy}],"interactions":${list}}`,
    (list) => `{"\\u0069nteractions":${list}}`,
    (list) => `{"":[${decoy}],"a\\"":"]}","interactions":${list},"tail":[${decoy}]}`,
    (list) => ` {\t"x\\\\" : "\\\\" ,\n"interactions"\r: ${list.replaceAll(',', ' , ')} } `,
    (list) => `{"deep":{"interactions":[${decoy}]},"n":-1.5e3,"interactions":${list}}`,
    (list) => `\ufeff{"interactions":${list}}`,
  ]
  for (const [index, body] of bodies.entries()) {
    const texts = [own(`p${index}-0`, '"x":1.10'), 'null', own(`p${index}-2`, '"y":"]}[{:","z":1.20')]
    const { status, text } = await send(body(`[${texts}]`))
    assert.deepEqual([status, JSON.parse(text).created], [200, 2], text)
    assert.equal(await read(`p${index}-0`), texts[0])
    assert.equal(await read(`p${index}-2`), texts[2])
  }
})

test('a body that is no batch is refused as a whole', async () => {
  const list = {
    fields: [
      { name: 'interactions', description: 'must be a list of interactions, as in {"interactions": […]}' },
    ],
  }
  const rows: [body: string | Uint8Array | undefined, more: object][] = [
    ['{}', list],
    ['null', list],
    ['[]', list],
    ['5', list],
    ['"text"', list],
    ['{"interactions":null}', list],
    ['{"interactions":{"0":{}}}', list],
    ['{"__proto__":{"interactions":[]}}', list],
    ['', { description: 'The body is not JSON (it ends in the middle).' }],
    [undefined, { description: 'The body is not JSON (it ends in the middle).' }],
    ['{"interactions":[', { description: 'The body is not JSON (it ends in the middle).' }],
    ['{"interactions":[]}}', { description: 'The body is not JSON (at character 20).' }],
    ['{"interactions":[{"secret":word}]}', { description: 'The body is not JSON.' }],
    ["{'interactions':[]}", { description: 'The body is not JSON (at character 2).' }],
    [Buffer.from('{"interactions":["\xff"]}', 'latin1'), { description: 'The body is not UTF-8.' }],
    [
      Buffer.from('{"interactions":[]}', 'utf16le'),
      { description: 'The body is not JSON (at character 2).' },
    ],
  ]
  for (const [body, more] of rows) {
    const { status, text, headers } = await send(body)
    assert.deepEqual([status, text], [400, invalid(more)], String(body))
    assert.equal(headers['content-type'], 'application/json')
  }
})

test('other types and encodings of a body are refused', async () => {
  const type = error('1904150', 'The media type of the body is not supported. (Unsupported Media Type)', {})
  const encoding = error('1904150', 'The media type of the body is not supported. (Unsupported Media Type)', {
    description: 'Content-Encoding must be gzip, or be left out.',
  })
  const rows: [headers: Record<string, string>, status: number, text?: string][] = [
    [JSON_TYPE, 200],
    [{ 'content-type': 'Application/JSON; charset="utf-8"' }, 200],
    [{ ...JSON_TYPE, 'content-encoding': 'identity' }, 200],
    [{}, 415, type],
    [{ 'content-type': '' }, 415, type],
    [{ 'content-type': 'text/plain' }, 415, type],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 415, type],
    [{ 'content-type': 'application/hal+json' }, 415, type],
    [{ 'content-type': 'application/jsonp' }, 415, type],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, 415, type],
    [{ 'content-type': '/;;' }, 415, type],
    [{ ...JSON_TYPE, 'content-encoding': 'br' }, 415, encoding],
    [{ ...JSON_TYPE, 'content-encoding': 'deflate' }, 415, encoding],
    [{ ...JSON_TYPE, 'content-encoding': 'gzip, gzip' }, 415, encoding],
    [{ ...JSON_TYPE, 'content-encoding': '' }, 415, encoding],
  ]
  for (const [headers, status, text] of rows) {
    const answer = await send('{"interactions":[]}', headers)
    assert.equal(answer.status, status, JSON.stringify(headers))
    if (text !== undefined) assert.equal(answer.text, text)
  }
})

test('gzip: whole, in several members, cut off, damaged, and none at all', async () => {
  const GZIP = { ...JSON_TYPE, 'content-encoding': 'GZip' }
  const plain = JSON.stringify({ interactions: [interaction('gzip')] })
  const whole = gzipSync(plain)
  const halves = Buffer.concat([gzipSync(plain.slice(0, 50)), gzipSync(plain.slice(50))])
  assert.match((await send(whole, GZIP)).text, /^{"created":1,/)
  assert.match((await send(halves, GZIP)).text, /^{"created":0,"updated":0,"unchanged":1,/)
  const damaged = Buffer.from(whole)
  damaged[40] = (damaged[40] ?? 0) ^ 0xff
  const checksum = Buffer.from(whole)
  checksum[whole.length - 6] = (checksum[whole.length - 6] ?? 0) ^ 0xff
  const description = 'The body is not gzip, or ends in the middle of it, though Content-Encoding says gzip.'
  for (const body of [whole.subarray(0, -1), whole.subarray(0, 5), damaged, checksum, Buffer.from(plain)]) {
    const { status, text } = await send(body, GZIP)
    assert.deepEqual([status, text], [400, invalid({ description })])
  }
  assert.deepEqual((await send(new Uint8Array(), GZIP)).status, 400)
})

test('10,000 interactions are taken, one more is not', async () => {
  const started = (await revision()) ?? 0
  const many = Array.from({ length: 10_000 }, (_, index) => interaction(`n${index % 50}`, { messages: [] }))
  const { created, unchanged, results } = await post(many)
  assert.deepEqual([created, unchanged, results.length], [50, 9950, 10_000])
  const { status, text } = await send({ interactions: [...many, interaction('n-last')] })
  const more = {
    description: 'A batch may have 10000 interactions at most.',
    fields: [{ name: 'interactions', description: 'has 10001 items' }],
  }
  assert.deepEqual([status, text], [413, tooLarge(more)])
  assert.equal(await revision(), started + 50)
})

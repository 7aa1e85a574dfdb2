import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Answer, type Ask, ask, interaction, message, write } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const { token, accountId } = access
await write(
  server,
  access,
  ['one', 'two', 'three'].map((id) => interaction(id)),
)

const RUNS = { numRuns: 250 }
const { paths } = JSON.parse((await ask(server, '/openapi.json')).text)

/** The statuses that the description of the server names for a call, but for 500, which nobody may see. */
function documented(path: string, method: string): number[] {
  const statuses = Object.keys(paths[path][method].responses).map(Number)
  return statuses.filter((status) => status !== 500)
}

function check(answer: Answer, path: string, method: string): void {
  const { status, headers, text } = answer
  assert.ok(documented(path, method).includes(status), `${status} is not documented: ${text}`)
  if (status === 304) return
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(answer.bytes).toString() : text
  assert.equal(typeof JSON.parse(plain), 'object')
}

const page = JSON.parse(
  (await ask(server, '/interactions?interaction_started=2024-03-10T00:00:00Z&per_page=1', { token })).text,
)
const cursor = new URL(page._links.next.href).searchParams.get('cursor') ?? ''
const { etag = '' } = (await ask(server, `/interactions?cursor=${cursor}`, { token })).headers

/** Values that are good, good ones with a few characters exchanged, and anything. */
function nearly(...good: string[]): fc.Arbitrary<string> {
  const one = fc.constantFrom(...good)
  const changes = fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 2 })), { minLength: 1, maxLength: 3 })
  const changed = fc.tuple(one, changes).map(([text, all]) =>
    all.reduce((so, [at, piece]) => {
      const place = at % (so.length + 1)
      return so.slice(0, place) + piece + so.slice(place + (at % 3))
    }, text),
  )
  return fc.oneof(one, changed, fc.string({ unit: 'binary', maxLength: 40 }))
}

const TIME = nearly('2024-03-10T00:00:00Z', '2024-03-11T00:00:00.123456+02:00', '2024-03-16t23:59:60z')
const PARAMETER = fc.oneof(
  fc.tuple(fc.constantFrom('interaction_started', 'interaction_ended'), TIME),
  fc.tuple(fc.constant('cursor'), nearly(cursor)),
  fc.tuple(fc.constant('per_page'), nearly('1', '50', '500')),
  fc.tuple(fc.string({ unit: 'binary', maxLength: 10 }), fc.string({ unit: 'binary', maxLength: 10 })),
)
const encode = (text: string) => encodeURIComponent(text.toWellFormed())
const QUERY = fc.oneof(
  fc
    .array(PARAMETER, { maxLength: 4 })
    .map((all) => all.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')),
  // As it comes: everything that a request line may hold.
  fc.string({ unit: fc.constantFrom(...'abc=&%+?/;:@!$()*,0123456789[]\'~"|\\^`{}<>'), maxLength: 60 }),
)

/** What a header may hold: no line breaks, no NUL. */
const VALUE = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((unit) => String.fromCharCode(unit === 0x7f ? 0x20 : unit)),
  maxLength: 40,
})
const HEADERS = fc.record(
  {
    accept: fc.oneof(fc.constantFrom('application/json', 'application/hal+json;q=0.5, */*;q=0.1'), VALUE),
    'accept-encoding': fc.oneof(fc.constantFrom('gzip', 'gzip;q=0', '*'), VALUE),
    'if-none-match': fc.oneof(fc.constantFrom(etag, '*', '"1"'), VALUE),
    'x-request-id': VALUE,
    'accept-language': VALUE,
    range: fc.constantFrom('bytes=0-10', 'x'),
    expect: fc.constantFrom('100-continue', 'x'),
  },
  { requiredKeys: [] },
)

test('whatever is asked of the listing, the answer is one of those that are documented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('/interactions', '/conversations/interactions'),
      QUERY,
      HEADERS,
      async (path, query, headers) => {
        check(await ask(server, `${path}?${query}`, { token, headers }), path, 'get')
      },
    ),
    RUNS,
  )
})

test('whatever id is asked for, the answer is one of those that are documented', async () => {
  const id = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }).map(encode),
    QUERY.map((text) => text.replaceAll(/[/?]/g, '') || 'x'),
  )
  await fc.assert(
    fc.asyncProperty(id, HEADERS, async (path, headers) => {
      const answer = await ask(server, `/v1/interactions/${path}`, { token, headers })
      if (answer.status !== 414) check(answer, '/v1/interactions/{id}', 'get')
    }),
    RUNS,
  )
})

const GOOD = interaction('fuzz', {
  queues: ['q'],
  messages: [
    message('m1', {
      sentiment: 'POSITIVE',
      intent: 'i',
      intent_confidence_score: 0.5,
      intent_is_fallback: false,
    }),
    message('m2', {
      channel: 'VOICE',
      source_system: 'STT',
      start_time: 1.5,
      end_time: 2,
      recording_index: 0,
      message_index: 1,
    }),
  ],
})

/** Every place in a value, as the keys that lead there. */
function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))]
}

function replaced(value: unknown, [key, ...path]: string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) }
  const at = copy as Record<string, unknown>
  at[key] = replaced(at[key], path, by)
  return copy
}

const PLACES = placesIn(GOOD)
const OTHER = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    [],
    {},
    0,
    -1,
    1e308,
    true,
    '\ud800',
    '\0',
    'IN',
    'VOICE',
    '2024-03-10T00:00:00Z',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 4 }),
)
/** A document with some values exchanged, as text with some bytes exchanged. */
const DOCUMENT = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...PLACES), OTHER), { maxLength: 3 }),
    fc.array(fc.tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 1 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), fc.jsonValue(), { maxKeys: 2 }),
  )
  .map(([changes, edits, more]) => {
    const value = changes.reduce((so: unknown, [path, by]) => replaced(so, path, by), { ...GOOD, ...more })
    const text = JSON.stringify(value) ?? 'null'
    return edits.reduce(
      (so, [at, piece]) => so.slice(0, at % so.length) + piece + so.slice((at % so.length) + 1),
      text,
    )
  })

/** A message with some values exchanged, or some left out. */
const MESSAGE = fc
  .tuple(fc.constantFrom(...GOOD.messages), fc.constantFrom(...Object.keys(GOOD.messages[0] ?? {})), OTHER)
  .map(([message, key, by]) => JSON.stringify({ ...message, [key]: by }))

const PATHS_OF = {
  put: '/v1/interactions/{id}',
  batch: '/v1/interactions',
  lines: '/v1/interactions',
  message: '/v1/interactions/{id}/messages',
  messages: '/v1/interactions/{id}/messages',
}

const SENDING = fc.record({
  how: fc.constantFrom('put', 'batch', 'lines', 'message', 'messages'),
  documents: fc.array(DOCUMENT, { minLength: 1, maxLength: 3 }),
  fragment: MESSAGE,
  transcript: fc.oneof(fc.constantFrom('pending', 'complete', 'failed'), VALUE),
  unknown: fc.constantFrom('', '?unknown=keep', '?unknown=reject', '?unknown=x'),
  gzip: fc.constantFrom('no', 'no', 'whole', 'damaged'),
  type: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: VALUE }),
  headers: fc.record(
    { 'if-match': fc.oneof(fc.constant('*'), VALUE), 'if-none-match': fc.constant('*') },
    { requiredKeys: [] },
  ),
})

test('whatever is written, the answer is documented, and what is kept can be read', async () => {
  await fc.assert(
    fc.asyncProperty(
      SENDING,
      async ({ how, documents, fragment, transcript, unknown, gzip, type, headers }) => {
        const bodies = {
          put: documents[0] ?? '',
          batch: `{"interactions":[${documents}]}`,
          lines: documents.join('\n'),
          message: fragment,
          messages: `{"messages":[${fragment}],"interaction":${documents[0]}}`,
        }
        const plain = Buffer.from(bodies[how as keyof typeof bodies])
        const zipped = gzipSync(plain)
        if (gzip === 'damaged') zipped[plain.length % zipped.length] = 0
        const options: Ask = {
          method: how === 'put' ? 'PUT' : 'POST',
          token,
          body: gzip === 'no' ? plain : zipped,
          headers: {
            'content-type': type || (how === 'lines' ? 'application/x-ndjson' : 'application/json'),
            ...(gzip !== 'no' && { 'content-encoding': 'gzip' }),
            ...headers,
            ...(transcript.length % 3 === 0 && { 'parlance-transcript': transcript }),
          },
        }
        const path = PATHS_OF[how as keyof typeof PATHS_OF]
        const answer = await ask(server, path.replace('{id}', 'fuzz') + unknown, options)
        check(answer, path, how === 'put' ? 'put' : 'post')
      },
    ),
    { numRuns: 500 },
  )

  // Nothing that was let in spoils what is sent to others.
  const revision = (await server.store.getRevision(accountId)) ?? 0
  assert.ok(revision > 20, `${revision}`)
  const week = 'interaction_started=2024-03-08T00:00:00Z&interaction_ended=2024-03-12T00:00:00Z&per_page=500'
  const plain = await ask(server, `/interactions?${week}`, { token })
  const zipped = await ask(server, `/interactions?${week}`, { token, headers: { 'accept-encoding': 'gzip' } })
  assert.deepEqual(gunzipSync(zipped.bytes), plain.bytes)
  const { length } = JSON.parse(plain.text)._embedded.interactions
  const body = plain.text.slice('{"_embedded":'.length, plain.text.lastIndexOf(',"_links":'))
  const headers = { 'content-type': 'application/json' }
  const again = await ask(server, '/v1/interactions?unknown=keep', { method: 'POST', token, headers, body })
  const { unchanged } = JSON.parse(again.text)
  assert.equal(unchanged, length, 'what was read is taken back, and is the same')
})

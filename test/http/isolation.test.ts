import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { type Access, createAccess, startServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, message, RANGE, write } from './support.ts'

const server = await startServer({ after })
const LIST = `/interactions?${RANGE}`

/** Two accounts with the same ids and customers; `side` is in every text of theirs. */
async function twoAccounts() {
  const [a, b] = [await createAccess(server), await createAccess(server)]
  for (const [access, side] of [
    [a, 'A-side'],
    [b, 'B-side'],
  ] as const) {
    const documents = ['x', 'y', 'z'].map((id) =>
      interaction(id, { customer_id: 'c', messages: [message('m', { text: side })] }),
    )
    await write(server, access, documents)
  }
  await write(server, a, [interaction('only-a', { messages: [message('m', { text: 'A-side' })] })])
  return { a, b }
}

const NOT_FOUND = '{"code":"1904040","message":"The requested resource was not found. (Not Found)"}'

test('nothing of one account is reached from another: by id, cursor, tag, path or parameter', async () => {
  const { a, b } = await twoAccounts()
  const { headers, text } = await ask(server, `${LIST}&per_page=1`, { token: a.token })
  const cursor = new URL(JSON.parse(text)._links.next.href).searchParams.get('cursor')
  const all = await ask(server, '/v1/interactions?per_page=1', { token: a.token })
  const ofAll = new URL(JSON.parse(all.text)._links.next.href).searchParams.get('cursor')
  const one = await ask(server, '/v1/interactions/x', { token: a.token })
  assert.equal(one.headers['parlance-revision'], '1')
  const tags = [headers.etag, one.headers.etag].join(', ')

  const rows: [path: string, ask: Ask, status: number][] = [
    [LIST, {}, 200],
    [`${LIST}&per_page=1`, { headers: { 'if-none-match': tags } }, 200],
    [`/conversations${LIST}`, {}, 200],
    [
      `${LIST}&account_id=${a.accountId}&aid=${a.accountId}`,
      { headers: { 'x-account-id': a.accountId } },
      200,
    ],
    [`/interactions?cursor=${cursor}`, {}, 400],
    ['/v1/interactions', {}, 200],
    [`/v1/interactions?cursor=${ofAll}`, {}, 400],
    ['/v1/interactions/x', {}, 200],
    ['/v1/interactions/x', { headers: { 'if-none-match': tags } }, 200],
    ['/v1/interactions/only-a', {}, 404],
    ['/v1/interactions/only-a', { method: 'HEAD' }, 404],
    [`/v1/interactions/${a.accountId}%2Fonly-a`, {}, 404],
    [`/${a.accountId}/interactions`, {}, 404],
  ]
  for (const [path, options, status] of rows) {
    const answer = await ask(server, path, { token: b.token, ...options })
    assert.equal(answer.status, status, path)
    assert.ok(!answer.text.includes('A-side'), path)
    if (status === 200) assert.ok(answer.text.includes('B-side'), path)
    if (status === 404 && options.method === undefined) assert.equal(answer.text, NOT_FOUND)
  }
})

test('no write of one account touches another', async () => {
  const { a, b } = await twoAccounts()
  const read = async (path: string) => (await ask(server, path, { token: a.token })).text
  const paths = [LIST, '/v1/interactions/x', '/v1/interactions/only-a']
  const before = await Promise.all(paths.map(read))
  const tagOfA = (await ask(server, '/v1/interactions/x', { token: a.token })).headers.etag ?? ''
  const put = (id: string, headers = {}) =>
    ask(server, `/v1/interactions/${id}`, {
      method: 'PUT',
      token: b.token,
      headers,
      body: interaction(id, { direction: 'OUT' }),
    })

  assert.equal((await put('x', { 'if-match': tagOfA })).status, 412, 'its own x has another tag')
  assert.equal((await put('only-a', { 'if-match': '*' })).status, 412, 'it has none')
  assert.equal((await put('only-a', { 'if-none-match': '*' })).status, 201)
  assert.equal((await put('x')).status, 200)
  await write(server, b, [
    interaction('y', { direction: 'OUT' }),
    interaction('only-a', { direction: 'INTERNAL' }),
  ])
  const lines = ['z', 'new'].map((id) => JSON.stringify(interaction(id, { direction: 'OUT' }))).join('\n')
  const headers = { 'content-type': 'application/x-ndjson' }
  const answer = await ask(server, '/v1/interactions', {
    method: 'POST',
    token: b.token,
    headers,
    body: lines,
  })
  assert.match(answer.text, /^{"created":1,"updated":1,/)
  const add = (id: string, more: object) => {
    const body = message('m', { text: 'B-side', ...more })
    return ask(server, `/v1/interactions/${id}/messages`, { method: 'POST', token: b.token, body })
  }
  assert.equal((await add('x', { intent: 'x' })).status, 200)
  assert.equal((await add('only-in-a', {})).status, 404)

  assert.deepEqual(await Promise.all(paths.map(read)), before)
  assert.equal(await server.store.getRevision(a.accountId), 4)
})

const ID = fc.constantFrom('a', 'b', 'c', 'ä')
const OPERATION = fc.record({
  side: fc.constantFrom(0, 1),
  how: fc.constantFrom('put', 'batch', 'lines'),
  ids: fc.array(ID, { minLength: 1, maxLength: 3 }),
  text: fc.string({ maxLength: 5 }),
  minute: fc.integer({ min: 10, max: 59 }),
  open: fc.boolean(),
})
type Operation = typeof OPERATION extends fc.Arbitrary<infer Value> ? Value : never

/** What an account holds, and its last revision. */
interface Model {
  documents: Map<string, ReturnType<typeof interaction>>
  revision: number
}

function documentOf({ text, minute, open }: Operation, id: string) {
  const started_at = `2024-03-10T10:${minute}:00.000000Z`
  const messages = [message('m', { text })]
  const ended = { ended_at: '2024-03-10T12:00:00.000000Z' }
  return { ...interaction(id), started_at, messages, ...(open ? { ended_at: undefined } : ended) }
}

function apply(model: Model, operation: Operation): void {
  for (const id of operation.how === 'put' ? operation.ids.slice(0, 1) : operation.ids) {
    const document = documentOf(operation, id) as ReturnType<typeof interaction>
    const stored = model.documents.get(id)
    const reopens = stored?.ended_at !== undefined && document.ended_at === undefined
    if (reopens || JSON.stringify(stored) === JSON.stringify(document)) continue
    model.documents.set(id, document)
    model.revision += 1
  }
}

async function send({ token }: Access, operation: Operation): Promise<void> {
  const documents = operation.ids.map((id) => documentOf(operation, id))
  const [first] = documents
  if (operation.how === 'put') {
    const path = `/v1/interactions/${encodeURIComponent(first?.id ?? '')}`
    const { status } = await ask(server, path, { method: 'PUT', token, body: first })
    assert.ok([200, 201, 409].includes(status))
    return
  }
  const lines = operation.how === 'lines'
  const body = lines ? documents.map((each) => JSON.stringify(each)).join('\n') : { interactions: documents }
  const headers = lines ? { 'content-type': 'application/x-ndjson' } : {}
  const { status } = await ask(server, '/v1/interactions', { method: 'POST', token, headers, body })
  assert.equal(status, 200)
}

test('whatever two accounts do at the same time, each one’s listing is its own model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(OPERATION, { minLength: 1, maxLength: 8 }), async (operations) => {
      const accounts = [await createAccess(server), await createAccess(server)]
      const models: Model[] = accounts.map(() => ({ documents: new Map(), revision: 0 }))
      // Side by side, but each account's own in order.
      await Promise.all(
        accounts.map(async (access, side) => {
          for (const operation of operations.filter((each) => each.side === side)) {
            await send(access, operation)
            apply(models[side] as Model, operation)
          }
        }),
      )
      for (const [side, { accountId, token }] of accounts.entries()) {
        const { documents, revision } = models[side] as Model
        const ended = [...documents.values()].filter(({ ended_at }) => ended_at !== undefined)
        const expected = ended.toSorted(
          (one, two) =>
            one.started_at.localeCompare(two.started_at) ||
            Buffer.compare(Buffer.from(one.id), Buffer.from(two.id)),
        )
        const { text } = await ask(server, LIST, { token })
        assert.deepEqual(JSON.parse(text)._embedded.interactions, expected)
        assert.equal(await server.store.getRevision(accountId), revision)
      }
    }),
    { numRuns: 40 },
  )
})

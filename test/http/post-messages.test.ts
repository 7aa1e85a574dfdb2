import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { MAX_ADDED_MESSAGES } from '../../src/interaction/limits.ts'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, message, RANGE, write } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const { token, accountId } = access

const pathOf = (id: string) => `/v1/interactions/${encodeURIComponent(id)}`
const JSON_TYPE = { 'content-type': 'application/json' }
const add = (id: string, body: Ask['body'], headers: Record<string, string> = {}, query = '') =>
  ask(server, `${pathOf(id)}/messages${query}`, {
    method: 'POST',
    token,
    headers: { ...JSON_TYPE, ...headers },
    body,
  })
const read = async (id: string) => JSON.parse((await ask(server, pathOf(id), { token })).text)
const revision = () => server.store.getRevision(accountId)
const open = (id: string, more: object = {}) => interaction(id, { ended_at: undefined, ...more })
const at = (seconds: number) => ({ message_start_at: `2024-03-10T10:00:0${seconds}.000000Z` })

interface Refusal {
  code: string
  description?: string
  fields?: { name: string; description: string }[]
}
const refusal = (text: string): Refusal => JSON.parse(text)
const namesIn = (text: string) => refusal(text).fields?.map(({ name }) => name)

test('messages are added one by one and many at once, in any order, and an end makes the document', async () => {
  await write(server, access, [open('chat', { messages: undefined })])
  const steps: [body: object, result: string][] = [
    [message('m2', at(2)), 'updated'],
    [{ messages: [message('m3', at(3)), message('m1', at(1))] }, 'updated'],
    [message('m2', at(2)), 'unchanged'],
    [{ messages: [message('m1', at(1)), message('m3', at(3))] }, 'unchanged'],
  ]
  for (const [body, result] of steps) {
    const answer = await add('chat', body)
    assert.deepEqual(
      [answer.status, JSON.parse(answer.text)],
      [200, { id: 'chat', result, revision: await revision() }],
    )
    const stored = await ask(server, pathOf('chat'), { token })
    assert.equal(stored.headers.etag, answer.headers.etag)
    assert.equal(answer.headers['parlance-revision'], stored.headers['parlance-revision'])
    assert.equal(stored.headers['parlance-state'], 'open')
  }
  const ids = ({ messages }: { messages: { message_id: string }[] }) =>
    messages.map(({ message_id }) => message_id)
  assert.deepEqual(ids(await read('chat')), ['m1', 'm2', 'm3'])
  const listing = async () => (await ask(server, `/interactions?${RANGE}`, { token })).text
  assert.ok(!(await listing()).includes('"chat"'))
  await write(server, access, [interaction('chat', { messages: undefined })])
  assert.deepEqual(ids(await read('chat')), ['m1', 'm2', 'm3'])
  assert.ok((await listing()).includes('"chat"'))
})

test('what becomes known of a message is merged into it, also after the end', async () => {
  await write(server, access, [interaction('late', { messages: [message('m1', { own: 1 }), message('m2')] })])
  const answer = await add('late', {
    message_id: 'm1',
    sentiment: 'POSITIVE',
    intent: 'x',
    own: 2,
    more: '1.0',
  })
  assert.equal(answer.status, 200)
  const { warnings } = JSON.parse(answer.text)
  assert.deepEqual(
    warnings.map(({ name }: { name: string }) => name),
    ['own', 'more'],
  )
  const [first, second] = (await read('late')).messages
  assert.deepEqual(first, message('m1', { sentiment: 'POSITIVE', intent: 'x', own: 2, more: '1.0' }))
  assert.deepEqual(second, message('m2'))
  assert.equal((await ask(server, pathOf('late'), { token })).headers['parlance-state'], 'ended')
})

test('enrichers of one interaction at the same time lose nothing of each other', async () => {
  const ids = Array.from({ length: 12 }, (_, n) => `m${n}`)
  await write(server, access, [
    interaction('both', { messages: ids.map((id) => message(id)) }),
    open('both open'),
  ])
  const given = [{ sentiment: 'NEUTRAL' }, { intent: 'x' }, { agent_name: 'Ana' }]
  await Promise.all(
    ids.flatMap((message_id) =>
      given.flatMap((each) => [
        add('both', { message_id, ...each }),
        add('both open', { messages: [{ ...message(message_id), ...each }] }),
      ]),
    ),
  )
  for (const id of ['both', 'both open']) {
    const { messages } = await read(id)
    const enriched = messages.filter(({ message_id }: { message_id: string }) => ids.includes(message_id))
    assert.equal(enriched.length, ids.length)
    for (const { sentiment, intent, agent_name } of enriched) {
      assert.deepEqual([sentiment, intent, agent_name], ['NEUTRAL', 'x', 'Ana'])
    }
  }
})

test('an interaction that nobody has announced is opened where the body says how', async () => {
  const opening = { customer_id: 'c', direction: 'IN', own: true }
  const messages = [message('m2', at(2)), message('m1', at(1))]
  const created = await add('new é', { interaction: opening, messages })
  assert.equal(created.status, 201)
  assert.equal(created.headers.location, server.url + pathOf('new é'))
  const expected = {
    id: 'new é',
    customer_id: 'c',
    started_at: '2024-03-10T10:00:01.000000Z',
    direction: 'IN',
    ring_groups: [],
    messages: [message('m1', at(1)), message('m2', at(2))].map(({ ...each }) => each),
    agents: [],
    own: true,
  }
  assert.deepEqual(await read('new é'), expected)
  // It is there already: how to open it is not looked at any more.
  const again = await add('new é', { interaction: { ...opening, customer_id: 'other' }, messages })
  assert.equal(JSON.parse(again.text).result, 'unchanged')
  assert.deepEqual(await read('new é'), expected)
})

test('else it is refused with what is missing', async () => {
  const before = await revision()
  const rows: [body: object, status: number, names: string[]][] = [
    [message('m'), 404, ['interaction.customer_id', 'interaction.direction', 'interaction.started_at']],
    [message('m', at(1)), 404, ['interaction.customer_id', 'interaction.direction']],
    [{ messages: [message('m', at(1))], interaction: { direction: 'IN' } }, 400, ['interaction.customer_id']],
    [
      { messages: [message('m')], interaction: { customer_id: 'c', direction: 'IN' } },
      400,
      ['interaction.started_at'],
    ],
    [
      {
        messages: [{ message_id: 'm', text: 't', ...at(1) }],
        interaction: { customer_id: 'c', direction: 'IN' },
      },
      400,
      ['messages[0].channel', 'messages[0].participant', 'messages[0].source_system'],
    ],
  ]
  for (const [body, status, names] of rows) {
    const answer = await add('nobody', body)
    assert.equal(answer.status, status, answer.text)
    assert.deepEqual(namesIn(answer.text), names)
  }
  assert.match(refusal((await add('nobody', message('m'))).text).description ?? '', /how to open it/)
  assert.equal((await ask(server, pathOf('nobody'), { token })).status, 404)
  assert.equal(await revision(), before)
})

test('all or nothing, with the fields named as they were sent', async () => {
  await write(server, access, [
    interaction('twice', {
      messages: [message('m', { source_system: 'VA' }), message('m')].map((each) => ({
        ...each,
        channel: 'SMS',
      })),
    }),
    open('one', { messages: [message('m1')] }),
  ])
  const before = await revision()
  const rows: [id: string, body: object, status: number, code: string, names: string[]][] = [
    ['twice', { message_id: 'm', intent: 'x' }, 409, '1904092', ['message_id']],
    ['twice', { messages: [{ message_id: 'm', intent: 'x' }] }, 409, '1904092', ['messages[0].message_id']],
    ['one', { message_id: 'm2', text: 'x' }, 400, '1904001', ['channel', 'participant', 'source_system']],
    [
      'one',
      { messages: [message('m2'), { message_id: 'm3', channel: 'SMS' }] },
      400,
      '1904001',
      ['messages[1].text', 'messages[1].participant', 'messages[1].source_system'],
    ],
    ['one', { message_id: 'm1', channel: 'VOICE' }, 400, '1904001', ['channel']],
    ['one', { messages: [] }, 400, '1904001', ['messages']],
    [
      'one',
      { messages: [message('m2')], interaction: open('one') },
      400,
      '1904001',
      ['interaction.messages'],
    ],
  ]
  for (const [id, body, status, code, names] of rows) {
    const answer = await add(id, body)
    assert.deepEqual([answer.status, refusal(answer.text).code], [status, code], answer.text)
    assert.deepEqual(namesIn(answer.text), names, answer.text)
  }
  assert.equal(await revision(), before)
  const meant = await add('twice', { message_id: 'm', source_system: 'VA', intent: 'x' })
  assert.equal(meant.status, 200)
  assert.deepEqual(
    (await read('twice')).messages.map(({ intent }: { intent?: string }) => intent),
    ['x', undefined],
  )
})

test('preconditions, unknown values, gzip, and bodies that are none', async () => {
  await write(server, access, [open('pre')])
  const { etag = '' } = (await ask(server, pathOf('pre'), { token })).headers
  assert.equal((await add('pre', message('m2'), { 'if-match': etag })).status, 200)
  assert.equal((await add('pre', message('m3'), { 'if-match': etag })).status, 412)
  assert.equal((await add('pre', message('m3'), { 'if-none-match': '*' })).status, 412)
  assert.equal((await add('pre', message('m3'), { 'if-match': 'x' })).status, 400)
  assert.equal((await add('not there', message('m3'), { 'if-match': '*' })).status, 412)
  const fax = message('m4', { channel: 'FAX' })
  assert.equal((await add('pre', fax)).status, 400)
  assert.equal((await add('pre', fax, {}, '?unknown=x')).status, 400)
  const kept = await add('pre', fax, {}, '?unknown=keep')
  assert.deepEqual(JSON.parse(kept.text).warnings[0].name, 'channel')
  const packed = gzipSync(JSON.stringify(message('m5')))
  assert.equal((await add('pre', packed, { 'content-encoding': 'gzip' })).status, 200)
  const rows: [body: string, headers: Record<string, string>, status: number][] = [
    ['{', {}, 400],
    ['', {}, 400],
    ['[]', {}, 400],
    ['x', { 'content-type': 'text/plain' }, 415],
    ['{}'.padEnd(16 * 1024 * 1024 + 1), {}, 413],
  ]
  for (const [body, headers, status] of rows) assert.equal((await add('pre', body, headers)).status, status)
  const { description } = refusal((await add('pre', '[]')).text)
  assert.equal(description, 'The body must be an object.')
  const many = Array.from({ length: MAX_ADDED_MESSAGES + 1 }, (_, n) => ({ message_id: `m${n}` }))
  assert.equal((await add('pre', { messages: many })).status, 413)
})

test('an interaction grows to what a document may be, and no further', async () => {
  await write(server, access, [open('large', { messages: [] })])
  const text = 't'.repeat(1000 * 1024)
  for (let n = 0; n < 8; n += 1) assert.equal((await add('large', message(`m${n}`, { text }))).status, 200)
  const answer = await add('large', message('m8', { text }))
  assert.deepEqual([answer.status, refusal(answer.text).code], [413, '1904130'])
  assert.equal((await read('large')).messages.length, 8)
})

test('what is added is redacted before anything is stored, and counted', async () => {
  const count = async (line: RegExp) => Number(line.exec((await ask(server, '/metrics')).text)?.[1] ?? 0)
  const cards = /^parlance_redactions_total\{kind="card"\} (\d+)/m
  const updates = /^parlance_interactions_written_total\{outcome="updated"\} (\d+)/m
  const before = [await count(cards), await count(updates)]
  await write(server, access, [open('card')])
  const text = 'it is 4111 1111 1111 1111.'
  const answer = await add('card', message('m1', { text, own: { note: text } }))
  assert.doesNotMatch(answer.text, /4111/)
  const [stored] = (await read('card')).messages
  assert.deepEqual([stored.text, stored.own], ['it is [CARD].', { note: 'it is [CARD].' }])
  assert.deepEqual([await count(cards), await count(updates)], [(before[0] ?? 0) + 2, (before[1] ?? 0) + 1])
})

test('whoever waits for changes is woken by an addition', async () => {
  const own = await createAccess(server)
  const waiting = ask(server, '/v1/changes?wait=30', { token: own.token })
  const body = { messages: [message('m', at(1))], interaction: { customer_id: 'c', direction: 'IN' } }
  await ask(server, '/v1/interactions/woken/messages', { method: 'POST', token: own.token, body })
  const [change] = JSON.parse((await waiting).text).changes
  assert.deepEqual(change, { revision: 1, kind: 'open', id: 'woken' })
})

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createAccess, startServer } from '../fixtures/server.ts'
import { ask, interaction, message } from './support.ts'

const server = await startServer({ after })
const { token, accountId } = await createAccess(server)

const LINES = { 'content-type': 'application/x-ndjson' }
const put = (id: string, body: string | object, query = '') =>
  ask(server, `/v1/interactions/${encodeURIComponent(id)}${query}`, {
    method: 'PUT',
    token,
    headers: { 'content-type': 'application/json' },
    body,
  })
const post = async (body: string | object, query = '', headers = {}) => {
  const answer = await ask(server, `/v1/interactions${query}`, { method: 'POST', token, headers, body })
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text)
}

/** One level of `[…]` more for each. */
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
const second = (more: object) => ({ messages: [message('m1'), message('m2', more)] })
const SPEECH = { source_system: 'STT', channel: 'VOICE' }
const HALF = 'holds half of a surrogate pair, which is not text'
const TIME = 'must match format "date-time"'
const CHANNELS = 'must be one of VOICE, CHAT, SMS, DIGITAL_CONNECT, WEBCHAT'

type Field = [name: string, description: string]

/** What is wrong whatever the list of known values says. */
const FAULTS: [change: object, ...fields: Field[]][] = [
  [{ customer_id: undefined }, ['customer_id', 'is required']],
  [{ customer_id: null }, ['customer_id', 'is required']],
  [{ customer_id: '' }, ['customer_id', 'must not have fewer than 1 characters']],
  [{ customer_id: 'é'.repeat(129) }, ['customer_id', 'is longer than 256 bytes']],
  [{ customer_id: '\udfff' }, ['customer_id', HALF]],
  [{ customer_id: ['c'] }, ['customer_id', 'must be string']],
  [{ started_at: undefined }, ['started_at', 'is required']],
  [{ started_at: 5 }, ['started_at', 'must be string']],
  [{ started_at: 'now' }, ['started_at', TIME]],
  [{ started_at: '2024-03-10T10:00:00' }, ['started_at', TIME]],
  [{ ended_at: 'later' }, ['ended_at', TIME]],
  [{ ended_at: '2024-03-10T09:59:59.999999Z' }, ['ended_at', 'lies before started_at']],
  [{ ring_groups: 'x' }, ['ring_groups', 'must be array']],
  [{ ring_groups: ['a', 1] }, ['ring_groups[1]', 'must be string']],
  [{ ring_groups: ['a', '\0'] }, ['ring_groups[1]', 'holds a NUL character']],
  [{ queues: {} }, ['queues', 'must be array']],
  [{ queues: Array(1001).fill('q') }, ['queues', 'must not have more than 1000 items']],
  [{ agents: [{ id: 'a' }, {}] }, ['agents[1].id', 'is required']],
  [{ agents: [{ id: 'a', name: 5 }] }, ['agents[0].name', 'must be string']],
  [{ agents: [{ id: 'a', name: 'x'.repeat(1025) }] }, ['agents[0].name', 'is longer than 1024 bytes']],
  [{ messages: {} }, ['messages', 'must be array']],
  [{ messages: [null] }, ['messages[0]', 'must be object']],
  [second({ message_id: undefined }), ['messages[1].message_id', 'is required']],
  [second({ text: null }), ['messages[1].text', 'is required']],
  [second({ text: 5 }), ['messages[1].text', 'must be string']],
  [second({ text: 'a\0b' }), ['messages[1].text', 'holds a NUL character']],
  [second({ text: 'a\ud800' }), ['messages[1].text', HALF]],
  [second({ text: 'x'.repeat(1024 * 1024 + 1) }), ['messages[1].text', 'is longer than 1048576 bytes']],
  [second({ intent_confidence_score: 1.01 }), ['messages[1].intent_confidence_score', 'must be <= 1']],
  [second({ intent_confidence_score: -0.01 }), ['messages[1].intent_confidence_score', 'must be >= 0']],
  [second({ intent_is_fallback: 'no' }), ['messages[1].intent_is_fallback', 'must be boolean']],
  [second({ ...SPEECH, start_time: -1 }), ['messages[1].start_time', 'must be >= 0']],
  [second({ ...SPEECH, start_time: 5, end_time: 4 }), ['messages[1].end_time', 'lies before start_time']],
  [second({ ...SPEECH, recording_index: 1.5 }), ['messages[1].recording_index', 'must be integer']],
  [second({ message_index: '1' }), ['messages[1].message_index', 'must be integer']],
  [second({ message_start_at: 'soon' }), ['messages[1].message_start_at', TIME]],
  [{ x: nested(33) }, ['x', 'is nested more than 32 levels deep']],
  [second({ x: nested(33) }), ['messages[1].x', 'is nested more than 32 levels deep']],
  [
    { started_at: 1, ...second({ message_index: 'x', text: undefined }) },
    ['started_at', 'must be string'],
    ['messages[1].text', 'is required'],
    ['messages[1].message_index', 'must be integer'],
  ],
]

/** Values outside the contract's lists: a fault, unless `?unknown=keep` asks to keep them with a warning. */
const KEPT = 'is not a known value; kept as it came'
const UNKNOWN: [change: object, fault: Field, ...warnings: Field[]][] = [
  [{ direction: 'SIDEWAYS' }, ['direction', 'must be one of IN, OUT, INTERNAL'], ['direction', KEPT]],
  [{ direction: 'in' }, ['direction', 'must be one of IN, OUT, INTERNAL'], ['direction', KEPT]],
  [
    second({ participant: 'AGENT' }),
    ['messages[1].participant', 'must be one of CONTACT, USER, BOT'],
    ['messages[1].participant', KEPT],
  ],
  [
    second({ source_system: 'CRM', channel: 'CHAT' }),
    ['messages[1].source_system', 'must be one of STT, DCE, VA'],
    ['messages[1].source_system', KEPT],
  ],
  [
    second({ sentiment: 'SAD' }),
    ['messages[1].sentiment', 'must be one of POSITIVE, NEUTRAL, NEGATIVE, MIXED'],
    ['messages[1].sentiment', KEPT],
  ],
  [
    second({ transcription_type: 'LIVE' }),
    ['messages[1].transcription_type', 'must be one of POST_CALL, REAL_TIME'],
    ['messages[1].transcription_type', KEPT],
  ],
  [
    second({ source_system: 'VA', channel: 'EMAIL' }),
    ['messages[1].channel', CHANNELS],
    ['messages[1].channel', KEPT],
    ['messages[1].channel', 'VA carries VOICE, WEBCHAT, SMS, DIGITAL_CONNECT, not EMAIL'],
  ],
]

const CHANNELS_OF: Record<string, string[]> = {
  STT: ['VOICE'],
  DCE: ['CHAT', 'SMS', 'DIGITAL_CONNECT'],
  VA: ['VOICE', 'WEBCHAT', 'SMS', 'DIGITAL_CONNECT'],
}
const EVERY_CHANNEL = [...new Set(Object.values(CHANNELS_OF).flat())]

const told = (fields: Field[]) => fields.map(([name, description]) => ({ name, description }))
const invalid = (fields: Field[]) => ({
  code: '1904001',
  message: 'Invalid request body. (Bad Request)',
  fields: told(fields),
})

async function expectRejected(change: object, fields: Field[], query = '') {
  const bad = interaction('bad', change)
  const good = ['good-0', 'good-2'].map((id) => interaction(id))
  const alone = await put('bad', bad, query)
  assert.deepEqual([alone.status, JSON.parse(alone.text)], [400, invalid(fields)])

  const batch = await post({ interactions: [good[0], bad, good[1]] }, query)
  assert.deepEqual([batch.rejected, batch.results.length], [1, 3])
  assert.deepEqual(batch.results[1], { index: 1, id: 'bad', result: 'rejected', problem: invalid(fields) })

  const body = [good[0], bad, good[1]].map((each) => JSON.stringify(each)).join('\n')
  const stream = await post(body, query, LINES)
  assert.deepEqual([stream.rejected, stream.lines], [1, 3])
  const [name, description] = fields[0] as Field
  const problem = { line: 2, id: 'bad', ...invalid(fields), description: `line 2: ${name} ${description}` }
  assert.deepEqual(stream.problems, [problem])
  assert.equal(await server.store.getInteraction(accountId, 'bad'), undefined)
}

for (const [change, ...fields] of FAULTS) {
  test(`rejected: ${fields.map((field) => field.join(' ')).join('; ')}`, async () => {
    await expectRejected(change, fields)
    await expectRejected(change, fields, '?unknown=keep')
  })
}

async function expectKept(id: string, change: object, warnings: Field[], query: string) {
  const each = (way: string) => interaction(`${id}-${way}`, change)
  const alone = await put(`${id}-put`, each('put'), query)
  const { revision, ...result } = JSON.parse(alone.text)
  const told_ = warnings.length === 0 ? {} : { warnings: told(warnings) }
  assert.deepEqual([alone.status, result], [201, { id: `${id}-put`, result: 'created', ...told_ }])
  assert.ok(revision > 0)

  const batch = await post({ interactions: [each('batch')] }, query)
  const expected = { index: 0, id: `${id}-batch`, result: 'created', revision: revision + 1, ...told_ }
  assert.deepEqual(batch.results, [expected])

  const stream = await post(JSON.stringify(each('line')), query, LINES)
  const fields = told(warnings)
  assert.deepEqual(stream.warnings, fields.length === 0 ? [] : [{ line: 1, id: `${id}-line`, fields }])
  assert.equal(stream.created, 1)
}

for (const [index, [change, fault, ...warnings]] of UNKNOWN.entries()) {
  test(`rejected, or kept with a warning: ${JSON.stringify(change).slice(0, 200)}`, async () => {
    await expectRejected(change, [fault])
    await expectRejected(change, [fault], '?unknown=reject')
    await expectKept(`unknown-${index}`, change, warnings, '?unknown=keep')
  })
}

test('each source system carries its own channels', async () => {
  for (const [source_system, carried] of Object.entries(CHANNELS_OF)) {
    for (const channel of EVERY_CHANNEL) {
      const change = second({ source_system, channel })
      const id = `${source_system}-${channel}`
      if (carried.includes(channel)) {
        await expectKept(id, change, [], '')
        continue
      }
      const field: Field = [
        'messages[1].channel',
        `${source_system} carries ${carried.join(', ')}, not ${channel}`,
      ]
      await expectRejected(change, [field])
      await expectKept(id, change, [field], '?unknown=keep')
    }
  }
})

test('what is only unusual is kept with a warning', async () => {
  const rows: [change: object, ...warnings: Field[]][] = [
    [{ x: nested(32) }, ['x', 'is not a property of the contract; kept as it came']],
    [second({ x: 1 }), ['messages[1].x', 'is not a property of the contract; kept as it came']],
    [
      second({ start_time: 1 }),
      ['messages[1].start_time', 'belongs to speech to text (STT); kept as it came'],
    ],
    [{ ring_groups: [null] }, ['ring_groups', 'holds null, which was dropped']],
    [{ customer_id: 'é'.repeat(128) }],
    [second({ text: '', sentiment: null })],
  ]
  for (const [index, [change, ...warnings]] of rows.entries()) {
    await expectKept(`unusual-${index}`, change, warnings, '')
  }
})

test('`unknown` is keep or reject', async () => {
  const fields = [{ name: 'unknown', description: 'must be reject or keep' }]
  const expected = { code: '1904000', message: 'Invalid query parameters. (Bad Request)', fields }
  for (const query of ['?unknown=other', '?unknown=', '?unknown=KEEP', '?unknown=keep&unknown=keep']) {
    const answers = [
      await put('x', interaction('x'), query),
      await ask(server, `/v1/interactions${query}`, { method: 'POST', token, body: { interactions: [] } }),
      await ask(server, `/v1/interactions${query}`, { method: 'POST', token, headers: LINES, body: '' }),
    ]
    for (const { status, text } of answers) assert.deepEqual([status, JSON.parse(text)], [400, expected])
  }
  assert.equal(await server.store.getInteraction(accountId, 'x'), undefined)
})

test('an interaction with more faults than anybody reads tells the first fifty', async () => {
  const messages = Array.from({ length: 200 }, (_, index) => message(`m${index}`, { channel: 'NONE' }))
  const batch = await post({ interactions: [interaction('bad', { messages })] })
  const { fields } = batch.results[0].problem
  assert.equal(fields.length, 50)
  assert.deepEqual(fields[49], { name: 'messages[49].channel', description: CHANNELS })
})

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createAccess, startServer } from '../fixtures/server.ts'
import { ask, interaction, PATHS, RANGE, write } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const { token } = access

async function list(query: string, path: string = PATHS[0]) {
  const answer = await ask(server, `${path}?${query}`, { token })
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text)
}

async function idsIn(query: string): Promise<string[]> {
  const page = await list(query)
  return page._embedded.interactions.map(({ id }: { id: string }) => id)
}

/** The range that the server took, as its link to itself tells it. */
async function rangeOf(query: string) {
  const self = new URL((await list(query))._links.self.href)
  const bounds = ['interaction_started', 'interaction_ended'].map((name) => self.searchParams.get(name) ?? '')
  return { from: Date.parse(bounds[0] ?? ''), to: Date.parse(bounds[1] ?? ''), texts: bounds }
}

const DAY = 86_400_000
const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

test('both bounds are inclusive, to the microsecond, and tested against started_at alone', async () => {
  const at = (micros: number) => `2024-01-10T10:00:00.00000${micros}Z`
  const ended_at = '2024-02-01T00:00:00Z'
  await write(server, access, [
    interaction('b0', { started_at: at(0), ended_at: at(2) }),
    interaction('b1', { started_at: at(1), ended_at: at(1) }),
    interaction('b2', { started_at: at(2), ended_at }),
    interaction('b3', { started_at: at(3), ended_at }),
    interaction('b4', { started_at: at(4), ended_at: at(4) }),
  ])
  const rows: [from: number, to: number, ids: string[]][] = [
    [0, 4, ['b0', 'b1', 'b2', 'b3', 'b4']],
    [1, 3, ['b1', 'b2', 'b3']],
    [2, 2, ['b2']],
    [5, 9, []],
  ]
  for (const [from, to, ids] of rows) {
    assert.deepEqual(await idsIn(`interaction_started=${at(from)}&interaction_ended=${at(to)}`), ids)
  }
})

test('interactions come by started_at, then by the UTF-8 bytes of their ids; open ones do not', async () => {
  // In UTF-16, U+1F600 (D83D DE00) sorts before U+FF5E; in UTF-8 behind it.
  const ids = ['10', '2', 'Z', 'a', 'é', '\uff5e', '\u{1f600}']
  const started_at = '2024-01-20T10:00:00Z'
  const later = '2024-01-20T10:00:00.000001Z'
  await write(server, access, [
    interaction('0', { started_at: later, ended_at: later }),
    ...ids.toReversed().map((id) => interaction(id, { started_at, ended_at: started_at })),
    interaction('open', { started_at, ended_at: undefined }),
  ])
  const day = 'interaction_started=2024-01-20T00:00:00Z&interaction_ended=2024-01-21T00:00:00Z'
  assert.deepEqual(await idsIn(day), [...ids, '0'])
})

test('an empty listing, and times as the contract writes them', async () => {
  const query = 'interaction_started=2001-01-01T00:00:00Z&interaction_ended=2001-01-08T01:00:00.5%2B01:00'
  for (const path of PATHS) {
    const { text, headers, status } = await ask(server, `${path}?${query}`, { token })
    const range =
      'interaction_started=2001-01-01T00:00:00.000000Z&interaction_ended=2001-01-08T00:00:00.500000Z'
    // Half a second over seven days: refused; see the faults below.
    assert.equal(status, 400)
    const answer = await ask(server, `${path}?${query.replace('.5', '')}`, { token })
    const self = `${server.url}${path}?${range.replace('.500000', '.000000')}`
    assert.equal(answer.text, `{"_embedded":{"interactions":[]},"_links":{"self":{"href":"${self}"}}}`)
    assert.equal(answer.headers['content-type'], 'application/hal+json')
    assert.equal(answer.headers['content-length'], String(answer.bytes.length))
    assert.equal(headers['content-type'], 'application/json')
    assert.match(text, /seven days/)
  }
})

test('what was written comes back in the contract’s form, with microseconds', async () => {
  const given = {
    id: 'form',
    customer_id: 'c-1',
    started_at: '2024-01-25t12:00:00.1234567+02:00',
    ended_at: '2024-01-25T10:00:01z',
    direction: 'OUT',
    queues: ['q'],
  }
  await write(server, access, [given])
  const page = await list('interaction_started=2024-01-25T00:00:00Z&interaction_ended=2024-01-26T00:00:00Z')
  assert.equal(
    JSON.stringify(page._embedded.interactions),
    '[{"id":"form","customer_id":"c-1","started_at":"2024-01-25T10:00:00.123456Z",' +
      '"ended_at":"2024-01-25T10:00:01.000000Z","direction":"OUT","ring_groups":[],"queues":["q"],' +
      '"messages":[],"agents":[]}]',
  )
})

test('without bounds, the seven days up to now', async () => {
  const now = Date.now()
  const started = (id: string, days: number) =>
    interaction(id, { started_at: iso(now + days * DAY), ended_at: iso(now + days * DAY) })
  await write(server, access, [
    started('d8', -7.01),
    started('d6', -6.99),
    started('d0', -0.01),
    started('f', 1),
  ])
  assert.deepEqual(await idsIn(''), ['d6', 'd0'])
  const { from, to } = await rangeOf('')
  assert.equal(to - from, 7 * DAY)
  assert.ok(to >= now && to <= Date.now())
})

test('with one bound, seven days from or up to it, never past now', async () => {
  const now = Date.now()
  const week = await rangeOf('interaction_started=2024-03-01T00:00:00Z')
  assert.deepEqual(week.texts, ['2024-03-01T00:00:00.000000Z', '2024-03-08T00:00:00.000000Z'])
  const before = await rangeOf('interaction_ended=2024-03-08T00:00:00.000001Z')
  assert.deepEqual(before.texts, ['2024-03-01T00:00:00.000001Z', '2024-03-08T00:00:00.000001Z'])

  const recent = await rangeOf(`interaction_started=${iso(now - DAY)}`)
  assert.equal(recent.from, now - DAY)
  assert.ok(recent.to >= now && recent.to <= Date.now())
  const future = await rangeOf(`interaction_started=${iso(now + DAY)}`)
  assert.deepEqual([future.from, future.to], [now + DAY, now + DAY])
})

test('parameters that are not known are ignored', async () => {
  const plain = await ask(server, `/interactions?${RANGE}`, { token })
  for (const more of [
    'page=2',
    'account_id=other',
    'interaction_started[]=x',
    'Cursor=x',
    '__proto__=1',
    '=',
    '&&',
  ]) {
    const answer = await ask(server, `/interactions?${RANGE}&${more}`, { token })
    assert.deepEqual([answer.status, answer.text], [200, plain.text], more)
    assert.equal(answer.headers.etag, plain.headers.etag)
  }
})

const NOT_A_TIME = 'must be an RFC 3339 date-time with an offset, such as 2023-06-16T00:00:02Z'
const SPACE = 'has a space where its offset begins: write + as %2B in a URL'
const TWICE = 'is given more than once'
const NOT_A_CURSOR = 'is not a cursor that was given out for this account'
const NOT_A_SIZE = 'must be a whole number from 1 to 500'
const from = (text: string) => `interaction_started=${text}`
const to = (text: string) => `interaction_ended=${text}`

const FAULTS: [query: string, ...fields: [name: string, description: string][]][] = [
  ...[
    'yesterday',
    '',
    '2024-03-10',
    '2024-03-10T00:00:00',
    '2024-03-10T00:00:00.000000',
    '2024-03-10%2000:00:00Z',
    '2024-03-10T00:00Z',
    '2024-02-30T00:00:00Z',
    '2024-03-10T24:00:00Z',
    '2024-03-10T00:00:60Z',
    '2024-03-10T00:00:00%2B24:00',
    '1710028800000000000000',
    '2024-03-10T00:00:00.Z',
    '1899-12-31T23:59:59Z',
    '2200-01-01T00:00:00Z',
    '%00024-03-10T00:00:00Z',
    '%EF%BC%92024-03-10T00:00:00Z',
  ].flatMap((text): typeof FAULTS => [
    [from(text), ['interaction_started', NOT_A_TIME]],
    [to(text), ['interaction_ended', NOT_A_TIME]],
  ]),
  [from('2024-03-10T00:00:00+02:00'), ['interaction_started', SPACE]],
  [
    `${from('2024-03-10T00:00:00Z')}&${to('2024-03-17T00:00:00.000001Z')}`,
    ['interaction_ended', 'lies more than seven days (7 x 24 hours) after interaction_started'],
  ],
  [
    `${from('2024-03-10T00:00:00.000001Z')}&${to('2024-03-10T00:00:00Z')}`,
    ['interaction_started', 'lies after interaction_ended (2024-03-10T00:00:00.000000Z)'],
  ],
  [`${RANGE}&${from('2024-03-10T00:00:00Z')}`, ['interaction_started', TWICE]],
  [`${RANGE}&${to('2024-03-11T00:00:00Z')}`, ['interaction_ended', TWICE]],
  ...['0', '501', '-1', '1.5', '1e2', 'all', '', '%2B5', '9999999999', '0x10'].map(
    (size): (typeof FAULTS)[number] => [`${RANGE}&per_page=${size}`, ['per_page', NOT_A_SIZE]],
  ),
  ['per_page=5&per_page=5', ['per_page', TWICE]],
  ...['', 'x', 'null', '%00', 'a'.repeat(2000), 'AAAA'].map((cursor): (typeof FAULTS)[number] => [
    `cursor=${cursor}`,
    ['cursor', NOT_A_CURSOR],
  ]),
  ['cursor=x&cursor=x', ['cursor', TWICE]],
  [
    `${from('x')}&${to('y')}&per_page=0`,
    ['interaction_started', NOT_A_TIME],
    ['interaction_ended', NOT_A_TIME],
    ['per_page', NOT_A_SIZE],
  ],
]

for (const [query, ...fields] of FAULTS) {
  test(`400 for ?${query.slice(0, 100)}`, async () => {
    const expected = {
      code: '1904000',
      message: 'Invalid query parameters. (Bad Request)',
      fields: fields.map(([name, description]) => ({ name, description })),
    }
    for (const path of PATHS) {
      const { status, text, headers } = await ask(server, `${path}?${query}`, { token })
      assert.deepEqual([status, text], [400, JSON.stringify(expected)])
      assert.equal(headers['content-type'], 'application/json')
    }
  })
}

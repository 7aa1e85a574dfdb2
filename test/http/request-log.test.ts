import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { type Answer, type Ask, ask, interaction, message, RANGE, raw, until, write } from './support.ts'

const server = await startServer({ after }, { PARLANCE_LOG_LEVEL: 'trace' })
const access = await createAccess(server)
const { token, clientId, clientSecret } = access
const eraser = await tokenFor(server, access, ['interactions:erase'])
const other = await createAccess(server)

const ID = 'hush-id-7f3a'
const WORDS = 'hush-words'
const CUSTOMER = 'hush-customer'
const secret = (id: string, more: object = {}) =>
  interaction(id, {
    customer_id: CUSTOMER,
    agents: [{ id: 'hush-agent', name: WORDS }],
    messages: [message('hush-message', { text: WORDS, intent: WORDS, agent_name: WORDS })],
    ...more,
  })
await write(server, access, [secret(ID), secret(`${ID}-2`)])
const page = await ask(server, `/interactions?${RANGE}&per_page=1`, { token })
const cursor = new URL(JSON.parse(page.text)._links.next.href).searchParams.get('cursor') ?? ''

const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const LINES = { 'content-type': 'application/x-ndjson' }
const LIST = '/interactions'
const ONE = '/v1/interactions/:id'
const MANY = '/v1/interactions'

const put = (body: Ask['body'], more: Ask = {}): Ask => ({
  method: 'PUT',
  token,
  headers: { 'content-type': 'application/json' },
  body,
  ...more,
})
const post = (body: Ask['body'], headers = {}): Ask => ({
  method: 'POST',
  token,
  headers: { 'content-type': 'application/json', ...headers },
  body,
})

const MESSAGES = '/v1/interactions/:id/messages'
const CUSTOMERS = '/v1/customers/:customer_id'
const TRANSCRIPTS = '/omnichannel/interactions/transcript'
const remove = (body?: Ask['body']): Ask => ({ method: 'DELETE', token, body })

const ROWS: [path: string, ask: Ask, route: string, status: number][] = [
  [`${LIST}?${RANGE}&customer=${CUSTOMER}`, { token }, LIST, 200],
  [`/conversations/interactions?cursor=${cursor}`, { token }, '/conversations/interactions', 200],
  [`${LIST}?cursor=${cursor}`, { token: other.token }, LIST, 400],
  [`${LIST}?cursor=${cursor}&interaction_started=${WORDS}`, { token }, LIST, 400],
  [`${LIST}?access_token=${token}`, {}, LIST, 401],
  [LIST, { headers: { authorization: `Bearer ${token}x`, cookie: `t=${token}` } }, LIST, 401],
  [LIST, { headers: { authorization: `Basic ${basic}` } }, LIST, 401],
  [LIST, { token: eraser, headers: { 'user-agent': WORDS, referer: WORDS } }, LIST, 403],
  [LIST, { token, headers: { accept: WORDS } }, LIST, 406],
  [LIST, { token, method: 'POST', body: WORDS }, LIST, 405],
  [`/v1/interactions/${ID}`, { token }, ONE, 200],
  [`/v1/interactions/${ID}`, { token, method: 'HEAD', headers: { 'if-none-match': '*' } }, ONE, 304],
  [`/v1/interactions/${ID}-none`, { token }, ONE, 404],
  [`/v1/interactions/${ID}`, put(secret(ID, { direction: 'OUT' })), ONE, 200],
  [`/v1/interactions/${ID}-new`, put(secret(`${ID}-new`)), ONE, 201],
  [`/v1/interactions/${ID}`, put(secret(`${ID}-other`)), ONE, 400],
  [`/v1/interactions/${ID}`, put(`{"text":${WORDS}}`), ONE, 400],
  [`/v1/interactions/${ID}`, put(secret(ID, { ended_at: undefined })), ONE, 409],
  [`/v1/interactions/${ID}`, put(secret(ID), { headers: { 'if-match': `"${WORDS}"` } }), ONE, 412],
  [`/v1/interactions/${ID}`, put(WORDS, { headers: { 'content-type': `text/${WORDS}` } }), ONE, 415],
  [`/v1/interactions/${ID}%00`, put('{}'), ONE, 400],
  [`/v1/interactions/${ID}%zz`, { token }, 'none', 400],
  [`/v1/interactions/${ID.repeat(80)}`, { token }, 'none', 414],
  [`/${ID}/${WORDS}?token=${token}`, { token }, 'none', 404],
  [MANY, post({ interactions: [secret(ID), secret(ID, { direction: WORDS }), { [WORDS]: 1 }] }), MANY, 200],
  [
    `${MANY}?unknown=keep`,
    post({ interactions: [secret(ID, { direction: WORDS, [WORDS]: WORDS })] }),
    MANY,
    200,
  ],
  [`${MANY}?unknown=${WORDS}`, post({ interactions: [] }), MANY, 400],
  [MANY, post(`${WORDS}\n${JSON.stringify(secret(ID))}\n{"${WORDS}":`, LINES), MANY, 200],
  [MANY, post(gzipSync(WORDS).subarray(0, 12), { 'content-encoding': 'gzip' }), MANY, 400],
  [MANY, post(WORDS.padEnd(40_000_000)), MANY, 413],
  [`/v1/interactions/${ID}/messages`, post({ message_id: 'hush-message', intent: WORDS }), MESSAGES, 200],
  [`/v1/interactions/${ID}-more/messages`, post({ message_id: 'hush-message', text: WORDS }), MESSAGES, 404],
  [`/v1/interactions/${ID}/messages`, post({ [WORDS]: WORDS }), MESSAGES, 400],
  [`/v1/interactions/${ID}-2`, remove(), ONE, 202],
  [`/v1/customers/${CUSTOMER}-2`, remove(), CUSTOMERS, 202],
  [MANY, remove({ confirm: WORDS }), MANY, 400],
  [`/v1/erasures/${WORDS}`, { token }, '/v1/erasures/:id', 404],
  [TRANSCRIPTS, remove({ interaction_ids: [`${ID}-3`] }), TRANSCRIPTS, 200],
  [
    '/oauth/token',
    {
      method: 'POST',
      headers: { ...FORM, authorization: `Basic ${basic}` },
      body: 'grant_type=client_credentials',
    },
    '/oauth/token',
    200,
  ],
  [
    '/oauth/token',
    {
      method: 'POST',
      headers: { ...FORM, authorization: `Basic ${basic}x` },
      body: `grant_type=client_credentials&client_secret=${clientSecret}`,
    },
    '/oauth/token',
    401,
  ],
  [
    '/oauth/token',
    {
      method: 'POST',
      headers: FORM,
      body: `grant_type=client_credentials&client_assertion=${token}&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer`,
    },
    '/oauth/token',
    401,
  ],
  ['/oauth/certs', {}, '/oauth/certs', 200],
  ['/healthz', {}, '/healthz', 200],
  ['/readyz', {}, '/readyz', 200],
  ['/metrics', {}, '/metrics', 200],
  ['/openapi.json', {}, '/openapi.json', 200],
]

const answers: Answer[] = []

test('each request has one line, with its id, method, route template and status', async () => {
  for (const [path, options, route, status] of ROWS) {
    const answer = await ask(server, path, options)
    answers.push(answer)
    assert.equal(answer.status, status, path)
    const id = answer.headers['x-request-id']
    const own = () => server.log.filter(({ request, msg }) => request === id && msg === 'request')
    await until(() => own().length > 0)
    const [line, ...others] = own()
    assert.deepEqual(others, [])
    assert.deepEqual(
      [line?.method, line?.route, line?.status],
      [options.method ?? 'GET', route, status],
      path,
    )
    assert.equal(typeof line?.milliseconds, 'number')
    const known = options.token !== undefined && route !== 'none' && status !== 405
    assert.equal(
      line?.account,
      known ? (options.token === other.token ? other : access).accountId : undefined,
      path,
    )
  }
})

test('what went wrong outside a request has a line too', async () => {
  await raw(server, `GET /${WORDS} ${WORDS} HTTP/1.1\r\nX: ${token}\r\n\r\n`)
  const { hostname, port } = new URL(server.address)
  const socket = connect(Number(port), hostname)
  const head = `POST ${MANY} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`
  socket.write(`${head}Content-Length: 100\r\n\r\n{"${WORDS}`)
  await once(socket, 'connect')
  await new Promise((resolve) => socket.write('', resolve))
  socket.destroy()
  await until(() => server.log.some(({ msg }) => msg === 'client went away'))
  assert.ok(server.log.some(({ msg, route }) => msg === 'client went away' && route === MANY))
  assert.ok(server.log.some(({ msg, status }) => msg === 'connection refused' && status === 400))
})

test('a store that fails is told with the request, and nothing of what was sent', async () => {
  await server.store.close()
  for (const [path, options] of ROWS.filter(([, , , status]) => status < 300)) {
    const { status, headers } = await ask(server, path, options)
    if (status !== 503) continue
    assert.ok(
      server.log.some(({ request, level }) => request === headers['x-request-id'] && Number(level) >= 40),
      path,
    )
  }
})

test('no line holds a token, a secret, a cursor, an id, a customer or a word that was said', () => {
  const log = server.log.map((line) => JSON.stringify(line)).join('\n')
  assert.ok(log.length > 10_000)
  const issued = answers
    .map(({ text }) => /"access_token":"([^"]+)"/.exec(text)?.[1])
    .filter((each) => each !== undefined)
  assert.equal(issued.length, 1)
  const tokens = [token, eraser, other.token, ...issued].flatMap((each) => each.split('.').slice(1))
  for (const each of [...tokens, clientSecret, basic, cursor, 'hush', 'Bearer', 'Basic']) {
    assert.ok(!log.includes(each), each)
    assert.ok(!log.includes(encodeURIComponent(each)), each)
  }
})

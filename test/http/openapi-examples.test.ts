import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { ADDED_MESSAGE, BATCH_RESULT, CALL, CHAT, OPENING, STREAM_RESULT } from '../../src/http/examples.ts'
import { readInteraction } from '../../src/interaction/document.ts'
import { createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { Described, examplesOf, type Operation, type Response } from './described.ts'
import { type Answer, type Ask, ask } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const described = new Described((await ask(server, '/openapi.json')).text)

describe('the examples of the OpenAPI document', () => {
  const id = `/v1/interactions/${CHAT.id}`
  const { token } = access
  const complete = { 'parlance-transcript': 'complete' }
  const post = (body: object): Ask => ({ method: 'POST', token, body })
  const remove = (body?: object): Ask => ({ method: 'DELETE', token, body })
  const twins = ['STT', 'VA'].map((source_system) => ({ ...CALL.messages[0], source_system }))
  const { text, participant, source_system } = ADDED_MESSAGE
  const TRANSCRIPTS = '/omnichannel/interactions/transcript'
  const json = { 'content-type': 'application/json' }
  const LISTING = '/conversations/interactions'
  const week = 'interaction_started=2026-03-10T00:00:00Z&interaction_ended=2026-03-17T00:00:00Z'
  const requests: [status: number, operationId: string, path: string, ask: Ask][] = [
    [201, 'putInteraction', id, { method: 'PUT', token, body: CHAT, headers: { ...json, ...complete } }],
    [200, 'putInteraction', id, { method: 'PUT', token, body: CHAT }],
    [200, 'getInteraction', id, { token }],
    [304, 'getInteraction', id, { token, headers: { 'if-none-match': '*' } }],
    [200, 'listInteractions', `${LISTING}?${week}`, { token }],
    [200, 'listInteractionsShort', `/interactions?${week}`, { token }],
    [400, 'listInteractions', `${LISTING}?${week.replace('17', '18')}`, { token }],
    [400, 'getInteraction', id, { token, headers: { 'if-none-match': 'x' } }],
    [400, 'putInteraction', id, { method: 'PUT', token, body: CHAT, headers: { ...json, 'if-match': 'x' } }],
    [400, 'putInteraction', `${id}?unknown=x`, { method: 'PUT', token, body: CHAT }],
    [400, 'putInteraction', id, { method: 'PUT', token, body: withChannel('FAX') }],
    [400, 'postInteractions', '/v1/interactions', { method: 'POST', token, body: {} }],
    [
      400,
      'putInteraction',
      id,
      { method: 'PUT', token, body: CHAT, headers: { ...json, 'parlance-transcript': 'x' } },
    ],
    [200, 'addMessages', `${id}/messages`, post({ message_id: 'va-2', sentiment: 'MIXED' })],
    [200, 'addMessages', `${id}/messages`, post(ADDED_MESSAGE)],
    [201, 'addMessages', `${id}-2/messages`, post({ messages: [ADDED_MESSAGE], interaction: OPENING })],
    [
      400,
      'addMessages',
      `${id}/messages`,
      post({ messages: [{ message_id: 'new', text, participant, source_system }] }),
    ],
    [404, 'addMessages', `${id}-3/messages`, post({ message_id: 'new', text })],
    [200, 'getInteractions', '/v1/interactions?state=open', { token }],
    [304, 'getInteractions', '/v1/interactions', { token, headers: { 'if-none-match': '*' } }],
    [400, 'getInteractions', '/v1/interactions?state=x', { token }],
    [
      201,
      'putInteraction',
      `${id}-4`,
      { method: 'PUT', token, body: { ...CALL, id: undefined, messages: twins } },
    ],
    [409, 'addMessages', `${id}-4/messages`, post({ messages: [{ message_id: 'stt-1' }] })],
    [401, 'listInteractions', LISTING, {}],
    [403, 'putInteraction', id, { method: 'PUT', body: CHAT }],
    [404, 'getInteraction', `${id}0`, { token }],
    [406, 'listInteractions', LISTING, { token, headers: { accept: 'text/html' } }],
    [409, 'putInteraction', id, { method: 'PUT', token, body: { ...CHAT, ended_at: undefined } }],
    [
      412,
      'putInteraction',
      id,
      { method: 'PUT', token, body: CHAT, headers: { ...json, 'if-match': '"0"' } },
    ],
    [414, 'getInteraction', `${id}${'0'.repeat(800)}`, { token }],
    [
      415,
      'putInteraction',
      id,
      { method: 'PUT', token, body: 'x', headers: { 'content-type': 'text/plain' } },
    ],
    [202, 'deleteInteraction', `${id}-4`, remove()],
    [409, 'addMessages', `${id}-4/messages`, post({ message_id: 'stt-1' })],
    [202, 'deleteCustomer', `/v1/customers/${CHAT.customer_id}`, remove()],
    [400, 'deleteCustomer', '/v1/customers/%00', remove()],
    [200, 'deleteTranscripts', TRANSCRIPTS, remove({ interaction_ids: [id, CALL.id] })],
    [400, 'deleteTranscripts', TRANSCRIPTS, remove({ interaction_ids: [] })],
    [400, 'deleteInteractions', '/v1/interactions', remove({})],
    [202, 'deleteInteractions', '/v1/interactions', remove({ confirm: access.accountId })],
    [404, 'getErasure', '/v1/erasures/none', { token }],
    [200, 'getHealth', '/healthz', {}],
    [200, 'getReadiness', '/readyz', {}],
    [200, 'getMetrics', '/metrics', {}],
    [200, 'requestToken', '/oauth/token', tokenRequest(access.clientSecret)],
    [400, 'requestToken', '/oauth/token', tokenRequest(access.clientSecret, '&scope=nothing')],
    [401, 'requestToken', '/oauth/token', tokenRequest('wrong')],
    [200, 'listKeys', '/oauth/certs', {}],
    [200, 'describeTokens', '/.well-known/oauth-authorization-server', {}],
  ]
  for (const [status, operationId, path, options] of requests) {
    it(`are what ${operationId} answers with ${status}: ${options.method ?? 'GET'} ${path.slice(0, 90)}`, async () => {
      const read = await tokenFor(server, access, ['interactions-public:read'])
      const answer = await ask(server, path, status === 403 ? { ...options, token: read } : options)
      assert.equal(answer.status, status, answer.text)
      const operation = described.operations.find(
        (each) => each.operation.operationId === operationId,
      )?.operation
      const response = described
        .responsesOf(operation as Operation)
        .find(([known]) => known === String(status))?.[1]
      assertDescribed(answer, response as Response)
      if (operationId === 'getInteraction' && status === 200) assert.deepEqual(JSON.parse(answer.text), CHAT)
    })
  }

  it('are what getErasure answers with 200', async () => {
    const { text } = await ask(server, `${id}-5`, remove())
    const answer = await ask(server, `/v1/erasures/${JSON.parse(text).id}`, { token })
    const operation = described.operations.find((each) => each.operation.operationId === 'getErasure')
    const [, response] = described.responsesOf(operation?.operation as Operation)[0] ?? []
    assert.equal(answer.status, 200)
    assertDescribed(answer, response as Response)
  })

  it('are interactions as they are served: writing them changes nothing', () => {
    for (const example of [CHAT, CALL]) {
      const reading = readInteraction(example, { keepUnknownValues: false, lossless: () => example })
      assert.ok(reading.ok && reading.warnings.length === 0)
      assert.equal(reading.draft.json, JSON.stringify(example))
    }
  })

  it('are what becomes of a batch and of lines with a fault', async () => {
    const faulty = {
      ...CALL,
      messages: CALL.messages.map((each) => ({ ...each, channel: 'CHAT' })).slice(0, 1),
    }
    const { token } = await createAccess(server)
    const batch = { interactions: [CHAT, faulty] }
    const result = await ask(server, '/v1/interactions', { method: 'POST', token, body: batch })
    assert.deepEqual(JSON.parse(result.text.replace(/"revision":\d+/, '"revision":17')), BATCH_RESULT)

    const another = await createAccess(server)
    const body = [CHAT, faulty].map((each) => JSON.stringify(each)).join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    const stream = await ask(server, '/v1/interactions', {
      method: 'POST',
      token: another.token,
      headers,
      body,
    })
    assert.deepEqual(JSON.parse(stream.text), STREAM_RESULT)
  })
})

function withChannel(channel: string) {
  return { ...CHAT, messages: CHAT.messages.map((message) => ({ ...message, channel })).slice(0, 1) }
}

function tokenRequest(secret: string, more = ''): Ask {
  const authorization = `Basic ${Buffer.from(`${access.clientId}:${secret}`).toString('base64')}`
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', headers, body: `grant_type=client_credentials${more}` }
}

/** The headers that are told (a limit only where there is one), the media type, and for an error its very body. */
function assertDescribed(answer: Answer, response: Response): void {
  assert.ok(response, 'the status is not described')
  for (const name of Object.keys(response.headers)) {
    if (!name.startsWith('RateLimit')) assert.ok(answer.headers[name.toLowerCase()], `no ${name}`)
  }
  if (answer.text === '') {
    assert.equal(response.content, undefined)
    return
  }
  const type = answer.headers['content-type']?.split(';')[0] ?? ''
  const media = response.content?.[type]
  assert.ok(media, `${type} is not described`)
  const body = type === 'text/plain' ? answer.text : JSON.parse(answer.text)
  described.assertFits(media, body, 'the answer')
  if (answer.status < 400) return
  const matching = examplesOf(media).filter((example) => JSON.stringify(example) === JSON.stringify(body))
  assert.equal(matching.length, 1, `no example is ${answer.text}`)
}

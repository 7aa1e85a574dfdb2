import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { KINDS } from '../../src/interaction/redact/settings.ts'
import { createAccess, startServer } from '../fixtures/server.ts'
import { ask, interaction, message } from './support.ts'

const server = await startServer({ after })
const { token, accountId } = await createAccess(server)

const CARD = '4111 1111 1111 1111'
const card = (id: string, more: object = {}) =>
  interaction(id, { messages: [message('m', { text: `it is ${CARD}.` })], own: { note: CARD }, ...more })

const WAYS: Record<string, (item: { id: string }, access?: string) => ReturnType<typeof ask>> = {
  'PUT one': (item, access = token) =>
    ask(server, `/v1/interactions/${item.id}`, { method: 'PUT', token: access, body: item }),
  'POST a batch': (item, access = token) =>
    ask(server, '/v1/interactions', { method: 'POST', token: access, body: { interactions: [item] } }),
  'POST lines': (item, access = token) =>
    ask(server, '/v1/interactions', {
      method: 'POST',
      token: access,
      headers: { 'content-type': 'application/x-ndjson' },
      body: JSON.stringify(item),
    }),
}

async function stored(id: string, access = token) {
  return JSON.parse((await ask(server, `/v1/interactions/${id}`, { token: access })).text)
}

async function redactions(kind: string): Promise<number> {
  const { text } = await ask(server, '/metrics')
  return Number(new RegExp(`^parlance_redactions_total\\{kind="${kind}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

for (const [index, [way, send]] of Object.entries(WAYS).entries()) {
  const id = `redacted-${index}`

  test(`${way}: cards are taken out before anything is stored, and counted`, async () => {
    const before = await redactions('card')
    const first = await send(card(id))
    assert.doesNotMatch(first.text, /4111/)
    const { messages, own } = await stored(id)
    assert.deepEqual([messages[0].text, own], ['it is [CARD].', { note: '[CARD]' }])
    assert.equal(await redactions('card'), before + 2)
  })

  test(`${way}: the same again is unchanged, redacted or not`, async () => {
    const revision = await server.store.getRevision(accountId)
    assert.match((await send(card(id))).text, /"result":"unchanged"|"unchanged":1/)
    assert.match((await send(await stored(id))).text, /"result":"unchanged"|"unchanged":1/)
    assert.equal(await server.store.getRevision(accountId), revision)
  })

  test(`${way}: what is rejected is not repeated, neither in the answer nor in the log`, async () => {
    const wrong = card(`wrong-${index}`, { started_at: 'never' })
    const answer = await send({ ...wrong, id: `wrong-${index}` })
    assert.match(answer.text, /started_at/)
    assert.doesNotMatch(answer.text, /4111/)
    assert.doesNotMatch(JSON.stringify(server.log), /4111/)
  })

  test(`${way}: an account has redacted what it says`, async () => {
    const access = await createAccess(server)
    const patterns = [{ name: 'POLICY', pattern: 'AB\\d{6}' }]
    await server.store.setAccountSettings(access.accountId, { redaction: { kinds: KINDS, patterns } })
    const text = `${CARD}, jane@example.com, 123-45-6789, AB123456`
    const counts = await Promise.all(['email', 'pattern'].map(redactions))
    await send(interaction('own', { messages: [message('m', { text })] }), access.token)
    const { messages } = await stored('own', access.token)
    assert.equal(messages[0].text, '[CARD], [EMAIL], [SSN], [POLICY]')
    const expected = counts.map((count) => count + 1)
    assert.deepEqual(await Promise.all(['email', 'pattern'].map(redactions)), expected)
  })
}

test('messages that are kept stay redacted', async () => {
  const { messages: _, ...without } = card('redacted-0', { queues: ['q'] })
  const answer = await ask(server, '/v1/interactions/redacted-0', { method: 'PUT', token, body: without })
  assert.match(answer.text, /"updated"/)
  assert.equal((await stored('redacted-0')).messages[0].text, 'it is [CARD].')
})

test('without redaction a text stays as it came', async () => {
  const access = await createAccess(server)
  await server.store.setAccountSettings(access.accountId, { redaction: { kinds: [], patterns: [] } })
  await WAYS['PUT one']?.(card('plain'), access.token)
  assert.equal((await stored('plain', access.token)).messages[0].text, `it is ${CARD}.`)
})

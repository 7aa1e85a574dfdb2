import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readInteraction } from '../../../src/interaction/document.ts'
import { parseLossless } from '../../../src/interaction/lossless.ts'
import { type Counts, redactorOf } from '../../../src/interaction/redact/redactor.ts'
import { KINDS } from '../../../src/interaction/redact/settings.ts'
import { interaction, message } from '../../http/support.ts'

const CARD = '4111111111111111'
const redactor = await redactorOf({ kinds: KINDS, patterns: [] })

function read(text: string, redaction?: { redactor: typeof redactor; counts: Counts }) {
  const options = { keepUnknownValues: true, redaction, lossless: () => parseLossless(text) }
  const reading = readInteraction(JSON.parse(text), options)
  assert.ok(reading.ok)
  return reading.draft.json
}

test('texts are redacted, and nothing else that the contract names', () => {
  const messages = [
    message(CARD, {
      text: `it is ${CARD}`,
      recording_id: CARD,
      intent: CARD,
      agent_name: CARD,
      participant: CARD,
    }),
  ]
  const more = { messages, customer_id: CARD, direction: CARD, ring_groups: [CARD], queues: [CARD] }
  const given = interaction(CARD, { ...more, agents: [{ id: CARD, name: CARD }] })
  const kept = JSON.parse(read(JSON.stringify(given)))
  assert.deepEqual(kept, { ...given, messages: [{ ...messages[0], text: 'it is [CARD]' }] })
})

test('strings that the contract does not name are redacted at every level; keys, numbers and identifiers stay', () => {
  const uuid = '550e8400-4111-1111-1111-111111111111'
  const own =
    `{"note":"card ${CARD}","${CARD}":["${CARD}",{"__proto__":"${CARD}"}],"number":${CARD},` +
    `"large":${CARD}0000000000000000.0,"id":"${uuid}","nothing":null,"yes":true}`
  const text = JSON.stringify(
    interaction('i', {
      own: 'OWN',
      messages: [message('m', { own: 'OWN' })],
      agents: [{ id: 'a', own: 'OWN' }],
    }),
  ).replaceAll('"OWN"', own)
  const counts: Counts = {}
  const kept = read(text, { redactor, counts })
  const expected = own
    .replace(`card ${CARD}`, 'card [CARD]')
    .replace(`["${CARD}"`, '["[CARD]"')
    .replace(`"__proto__":"${CARD}"`, '"__proto__":"[CARD]"')
  assert.equal(kept.split(expected).length, 4, kept)
  assert.deepEqual(counts, { card: 9 })
})

test('what is read again after redaction stays as it is', () => {
  const messages = [message('m', { text: `jane@example.com, ${CARD}, +44 20 7946 0958`, own: { a: CARD } })]
  const once = read(JSON.stringify(interaction('i', { messages })), { redactor, counts: {} })
  assert.match(once, /\[EMAIL\], \[CARD\], \[PHONE\]/)
  const counts: Counts = {}
  assert.equal(read(once, { redactor, counts }), once)
  assert.deepEqual(counts, {})
})

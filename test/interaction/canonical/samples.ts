import assert from 'node:assert/strict'
import { readRecord } from '../../../src/ingest/ingest.ts'
import { CanonicalReader } from '../../../src/interaction/canonical/canonical-reader.ts'
import { DEFAULT_REDACTOR } from '../../../src/interaction/redact/redactor.ts'
import { draftOf, interaction, message, readText, spokenMessage, without } from '../samples.ts'

const reader = new CanonicalReader(DEFAULT_REDACTOR)

/** Whether it is recognised; then the other way of reading has to make the same of it, without a word. */
export function isRecognised(text: string | Buffer): boolean {
  const bytes = Buffer.from(text as string)
  const draft = reader.read(bytes)
  if (draft === undefined) return false
  const reading = readRecord({ unit: 'line', place: 1, bytes }, false)
  assert.ok(reading.ok, `recognised, but refused: ${bytes}`)
  assert.deepEqual({ ...draft, json: bytes.toString() }, reading.draft)
  assert.deepEqual(reading.warnings, [])
  return true
}

export const at = (seconds: number) => `2024-05-01T10:00:${String(seconds).padStart(2, '0')}.000000Z`
export const spoken = (changes: object = {}) => spokenMessage({ agent_name: 'Zoë', ...changes })
/** One with every property of the contract, and messages of all three sources. */
export const FULL = {
  ...without(interaction(), 'messages', 'agents'),
  queues: ['Billing', ''],
  messages: [
    spoken({ message_start_at: at(1), text: 'she said "hi"\n\\' }),
    spoken({ message_id: 's2', message_start_at: at(1), recording_index: 1, start_time: 0, end_time: 0 }),
    message({ message_id: '漢', message_start_at: at(2), text: '', channel: 'SMS' }),
    message({ message_id: 'v', source_system: 'VA', channel: 'WEBCHAT', participant: 'BOT', intent: 'x' }),
  ],
  agents: [{ id: 'a1', name: 'Ada' }, { id: 'a2' }],
}
/** Messages of speech without a time, each in a recording and with an index, or without. */
export const untimed = (
  ...places: [recording_index: number | undefined, message_index: number | undefined][]
) =>
  interaction({
    messages: places.map(([recording_index, message_index], n) =>
      without(
        spoken({ message_id: `${n}`, recording_index, message_index }),
        ...['message_start_at', 'start_time', 'end_time'],
      ),
    ),
  })
export const canonical = (value: object) => draftOf(readText(JSON.stringify(value))).json

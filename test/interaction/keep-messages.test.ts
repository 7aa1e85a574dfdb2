import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keepMessages } from '../../src/interaction/keep-messages.ts'
import { MAX_DOCUMENT_BYTES, MAX_TEXT_BYTES } from '../../src/interaction/limits.ts'
import { draftOf, interaction, message, read, readText, without } from './samples.ts'

const stored = (changes: Record<string, unknown>) => draftOf(read(interaction(changes))).json
const bare = (changes: Record<string, unknown> = {}) => without(interaction(changes), 'messages')

describe('an interaction written without messages', () => {
  it('gets those of the stored document, and nothing else of it', () => {
    const before = stored({
      queues: ['old'],
      own: 1,
      messages: [message(), message({ message_id: 'm2', own: 2 })],
    })
    const draft = draftOf(read({ ...bare({ direction: 'OUT' }), more: true })).json
    assert.deepEqual(JSON.parse(keepMessages(draft, before) ?? ''), {
      ...interaction({ direction: 'OUT', messages: [message(), message({ message_id: 'm2', own: 2 })] }),
      more: true,
    })
  })

  it('is written as if they had come with it', () => {
    const messages = [
      message({ message_start_at: '2024-05-01T10:00:02.000000Z' }),
      message({ message_id: 'm2' }),
    ]
    const kept = keepMessages(draftOf(read({ ...bare(), own: 1 })).json, stored({ messages }))
    assert.equal(kept, draftOf(read({ ...interaction({ messages }), own: 1 })).json)
  })

  it('keeps every number as it was written, on both sides', () => {
    const one = JSON.stringify(message({ own: '?' })).replace('"?"', '12345678901234567890')
    const before = draftOf(
      readText(JSON.stringify(interaction({ messages: '?' })).replace('"?"', `[${one}]`)),
    ).json
    const draft = draftOf(readText(`{"own":1.0,${JSON.stringify(bare()).slice(1)}`)).json
    const kept = keepMessages(draft, before)
    assert.match(kept ?? '', /"own":12345678901234567890\}\].*"own":1\.0\}$/)
  })

  it('orders them anew where the interaction now starts at another time', () => {
    const messages = [
      message({ message_id: 'a', source_system: 'STT', channel: 'VOICE', start_time: 5 }),
      message({ message_id: 'b', message_start_at: '2024-05-01T10:00:10Z' }),
    ]
    const before = stored({ messages })
    const later = draftOf(read(bare({ started_at: '2024-05-01T10:00:08Z' }))).json
    const order = (json: string | undefined) =>
      JSON.parse(json ?? '').messages.map((each: { message_id: string }) => each.message_id)
    assert.deepEqual(order(before), ['a', 'b'])
    assert.deepEqual(order(keepMessages(later, before)), ['b', 'a'])
  })

  it('stays without any where none are stored', () => {
    assert.deepEqual(
      JSON.parse(keepMessages(draftOf(read(bare())).json, stored({ messages: [] })) ?? '').messages,
      [],
    )
  })

  it('is refused where the whole would be too large', () => {
    const texts = Array.from({ length: 7 }, (_, index) =>
      message({ message_id: `m${index}`, text: 'x'.repeat(MAX_TEXT_BYTES) }),
    )
    const before = stored({ messages: texts })
    const room = MAX_DOCUMENT_BYTES - Buffer.byteLength(before) - ',"own":""'.length
    const withOwn = (length: number) => draftOf(read({ ...bare(), own: 'x'.repeat(length) })).json
    assert.equal(Buffer.byteLength(keepMessages(withOwn(room), before) ?? ''), MAX_DOCUMENT_BYTES)
    assert.equal(keepMessages(withOwn(room + 1), before), undefined)
  })
})

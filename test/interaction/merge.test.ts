import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mergeRepeated, messageKey } from '../../src/interaction/merge.ts'
import type { Message } from '../../src/interaction/message.ts'
import { documentOf, draftOf, interaction, message, read, readText, spokenMessage } from './samples.ts'

const messageOf = (changes: Record<string, unknown>) => message(changes) as Message

describe('the key of a message', () => {
  it('is its source system, recording and id', () => {
    const messages = [
      messageOf({}),
      messageOf({ message_id: 'm2' }),
      messageOf({ source_system: 'VA' }),
      messageOf({ recording_index: 0 }),
      messageOf({ recording_index: 1 }),
      messageOf({ message_id: '0\u0001m1' }),
    ]
    assert.equal(new Set(messages.map(messageKey)).size, messages.length)
  })

  it('is nothing else', () => {
    const other = {
      text: 'x',
      channel: 'SMS',
      participant: 'BOT',
      message_index: 4,
      recording_id: 'r',
      own: 1,
    }
    assert.equal(messageKey(messageOf(other)), messageKey(messageOf({})))
  })
})

describe('merging repeated messages', () => {
  it('gives the same array where none is repeated', () => {
    const messages = [messageOf({}), messageOf({ message_id: 'm2' }), messageOf({ recording_index: 0 })]
    assert.equal(mergeRepeated(messages), messages)
    const none: Message[] = []
    assert.equal(mergeRepeated(none), none)
  })

  it('finds what is repeated among few and among many', () => {
    for (const count of [2, 64, 65, 500]) {
      const messages = Array.from({ length: count }, (_, index) => messageOf({ message_id: `m${index}` }))
      assert.equal(mergeRepeated(messages), messages)
      const repeated = messages.with(-1, messageOf({ message_id: 'm0', text: 'again' }))
      const expected = messages.slice(0, -1).with(0, messageOf({ message_id: 'm0', text: 'again' }))
      assert.deepEqual(mergeRepeated(repeated), expected, `${count} messages`)
    }
  })

  it('lets the last value of each field win, in the place of the first', () => {
    const merged = mergeRepeated([
      messageOf({ message_id: 'a', text: 'one', sentiment: 'NEUTRAL', own: 1 }),
      messageOf({ message_id: 'b' }),
      messageOf({ message_id: 'a', text: 'two', intent: 'greeting' }),
      messageOf({ message_id: 'a', text: 'three', own: 3 }),
    ])
    assert.deepEqual(merged, [
      messageOf({ message_id: 'a', text: 'three', sentiment: 'NEUTRAL', intent: 'greeting', own: 3 }),
      messageOf({ message_id: 'b' }),
    ])
  })

  it('changes none of the messages it was given', () => {
    const messages = [messageOf({ text: 'one' }), messageOf({ text: 'two', sentiment: 'MIXED' })]
    const before = structuredClone(messages)
    mergeRepeated(messages)
    assert.deepEqual(messages, before)
  })

  it('keeps properties in the contract’s order, those of the sender’s own behind', () => {
    const enriched = interaction({
      messages: [
        message({ own: 1 }),
        message({ sentiment: 'POSITIVE', intent: 'greeting', message_index: 3, more: 2 }),
      ],
    })
    const { json } = draftOf(read(enriched))
    const expected =
      '[{"message_id":"m1","text":"Hello","channel":"CHAT","participant":"CONTACT","sentiment":"POSITIVE",' +
      '"intent":"greeting","source_system":"DCE","message_index":3,"own":1,"more":2}]'
    assert.ok(json.includes(`"messages":${expected},`), json)
    assert.equal(draftOf(readText(json)).json, json)
  })

  it('does not let a null undo what came before', () => {
    const messages = [spokenMessage(), spokenMessage({ sentiment: null, intent: null, text: 'corrected' })]
    assert.deepEqual(documentOf(read(interaction({ messages }))).messages, [
      spokenMessage({ text: 'corrected' }),
    ])
  })

  it('carries numbers and names of the sender’s own as they stood', () => {
    const one = JSON.stringify(message({ own: '?' })).replace('"?"', '1.0')
    const two = JSON.stringify(message({ proto: '?' })).replace(
      '"proto":"?"',
      '"__proto__":12345678901234567890',
    )
    const text = JSON.stringify(interaction({ messages: '?' })).replace('"?"', `[${one},${two}]`)
    assert.match(draftOf(readText(text)).json, /"own":1\.0,"__proto__":12345678901234567890\}\]/)
  })
})

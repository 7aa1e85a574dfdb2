import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { addMessages } from '../../src/interaction/add-messages.ts'
import { gatheredLength, gatherPatches, NOTHING_GATHERED } from '../../src/interaction/gather-patches.ts'
import { endDocument, gatherDocument, scatterDocument } from '../../src/interaction/gathered.ts'
import { formatInstant, parseInstant } from '../../src/interaction/instant.ts'
import { MAX_DOCUMENT_BYTES } from '../../src/interaction/limits.ts'
import { type ArrivedMessage, mergePatches } from '../../src/interaction/merge-patches.ts'
import { interactionText } from './arbitraries.ts'
import { draftOf, interaction, message, read, readText } from './samples.ts'

const AT = '2024-05-01T10:00:00.000000Z'
const later = (seconds: number) => formatInstant((parseInstant(AT) as number) + seconds * 1e6)

function gathered(json: string): string {
  const { head, messages } = scatterDocument(json)
  return gatherDocument(
    head,
    messages.map(({ json }) => json),
  )
}

/** Gathers patches one call each, as a store does. */
function gatherAll(head: string, patches: string[]): string {
  const arrived: ArrivedMessage[] = []
  for (const patch of patches) {
    const find = (id: string) => arrived.filter(({ messageId }) => messageId === id)
    const merged = mergePatches([patch], arrived.length, find, true)
    assert.ok(merged.ok, JSON.stringify(merged))
    for (const each of merged.changed) arrived[each.position] = each
  }
  return gatherDocument(
    head,
    arrived.map(({ json }) => json),
  )
}

/** Whether a message without a recording is the only one of its id and source: one that is could mean any of them. */
function hasPlainKeys(messages: { message_id: string; source_system: string; recording_index?: number }[]) {
  return messages.every(
    (one) =>
      one.recording_index !== undefined ||
      messages.filter(
        (other) => other.message_id === one.message_id && other.source_system === one.source_system,
      ).length === 1,
  )
}

describe('a document in parts', () => {
  it('is put together as it was', () => {
    fc.assert(
      fc.property(interactionText({ maxMessages: 40 }), (text) => {
        const { json } = draftOf(readText(text))
        assert.equal(gathered(json), json)
      }),
      { numRuns: 300 },
    )
  })

  it('is put together where its strings look like its parts', () => {
    const trick = '"messages":[{"message_id":1}],\\"messages":["'
    const given = interaction({
      customer_id: trick,
      ring_groups: [trick, '"messages":['],
      own: { messages: [1] },
    })
    const { json } = draftOf(read(given))
    assert.equal(gathered(json), json)
  })

  it('gathered one by one is the document of all at once', () => {
    fc.assert(
      fc.property(interactionText({ maxMessages: 30 }), (text) => {
        const value = JSON.parse(text)
        const whole = draftOf(readText(text)).json
        fc.pre(hasPlainKeys(JSON.parse(whole).messages))
        const head = draftOf(readText(JSON.stringify({ ...value, messages: [] }))).json
        // Those of each key are merged in the order in which they came, with no list of theirs to be sorted in between.
        const patches = scatterDocument(whole).messages.map(({ json }) => json)
        const one = gatherAll(head, patches)
        const counted = gatherPatches(patches, NOTHING_GATHERED, () => [], true)
        assert.ok(counted.ok)
        assert.equal(gatheredLength(Buffer.byteLength(head), counted.gathered), Buffer.byteLength(one))
        assert.deepEqual(JSON.parse(one).messages, JSON.parse(whole).messages)
        const all = addMessages(head, patches, true)
        assert.ok(all.ok)
        assert.equal(all.json, one)
        // Again, it changes nothing.
        assert.deepEqual(addMessages(all.json, patches, true), { ok: true, json: all.json })
      }),
      { numRuns: 200 },
    )
  })
})

describe('adding to a document', () => {
  it('puts messages in their order, and tells what it refuses', () => {
    const messages = [
      message({ message_start_at: later(2) }),
      message({ message_id: 'm9', message_start_at: later(9) }),
    ]
    const { json } = draftOf(read(interaction({ messages })))
    const patch = JSON.stringify(message({ message_id: 'm5', message_start_at: later(5) }))
    const added = addMessages(json, [patch], false)
    assert.deepEqual(
      added.ok && JSON.parse(added.json).messages.map((each: { message_id: string }) => each.message_id),
      ['m1', 'm5', 'm9'],
    )
    const refused = addMessages(json, ['{"message_id":"none"}'], false)
    assert.equal(!refused.ok && refused.reason, 'incomplete')
  })

  it('refuses what would make it too large', () => {
    const { json } = draftOf(read(interaction()))
    const text = 'x'.repeat(1024 * 1024)
    const patches = Array.from({ length: 8 }, (_, n) =>
      JSON.stringify(message({ message_id: `x${n}`, text })),
    )
    const added = addMessages(json, patches, false)
    assert.equal(!added.ok && added.reason, 'too_large')
    const seven = addMessages(json, patches.slice(1), false)
    assert.ok(seven.ok && Buffer.byteLength(seven.json) < MAX_DOCUMENT_BYTES)
  })
})

describe('ending a document by its last message', () => {
  const endOf = (messages: object[], wordAt = 0) => {
    const { ended_at: _, ...open } = interaction({ messages, own: 1 })
    const ended = endDocument(draftOf(read(open)).json, wordAt)
    const { ended_at, ...rest } = JSON.parse(ended.json)
    assert.equal(parseInstant(ended_at), ended.endedAt)
    // It is the document that its sender would have written.
    assert.equal(ended.json, draftOf(read({ ...open, ended_at })).json)
    assert.deepEqual(rest, JSON.parse(draftOf(read(open)).json))
    return ended_at
  }
  const spoken = (more: object) => message({ source_system: 'STT', channel: 'VOICE', ...more })

  it('takes the latest time of any, its own or into the audio', () => {
    assert.equal(endOf([message({ message_start_at: later(30) }), message({ message_id: 'm2' })]), later(30))
    const all = [message({ message_start_at: later(30) }), spoken({ start_time: 40, end_time: 41.5 })]
    assert.equal(endOf(all), later(41.5))
  })

  it('takes when it was last heard of where no message has a time', () => {
    assert.equal(endOf([message()], parseInstant(later(77))), later(77))
    assert.equal(endOf([], parseInstant(later(77))), later(77))
  })

  it('never ends it before its start', () => {
    assert.equal(endOf([message({ message_start_at: later(-5) })]), AT)
    assert.equal(endOf([], 0), AT)
  })
})

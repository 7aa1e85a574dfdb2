import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Compile } from 'typebox/compile'
import {
  AGENT_PROPERTIES,
  INTERACTION_PROPERTIES,
  InteractionSchema,
  MESSAGE_PROPERTIES,
  OpenWrittenInteractionSchema,
  WrittenInteractionSchema,
} from '../../src/interaction/schema.ts'
import { CHANNELS, CHANNELS_OF, SOURCE_SYSTEMS } from '../../src/interaction/values.ts'
import { interaction, message, spokenMessage, without } from './samples.ts'

const published = Compile(InteractionSchema)
const closed = Compile(WrittenInteractionSchema)
const open = Compile(OpenWrittenInteractionSchema)

/** Contract A1, word for word. */
const MESSAGE =
  'message_id text channel participant sentiment intent intent_confidence_score intent_is_fallback start_time ' +
  'end_time transcription_type source_system recording_id recording_index message_index message_start_at agent_id agent_name'

describe('the schema', () => {
  it('names the properties of the contract', () => {
    assert.deepEqual(
      [...INTERACTION_PROPERTIES],
      'id customer_id started_at ended_at direction ring_groups queues messages agents'.split(' '),
    )
    assert.deepEqual(MESSAGE_PROPERTIES, MESSAGE.split(' '))
    assert.deepEqual(AGENT_PROPERTIES, ['id', 'name'])
    assert.deepEqual(
      Object.keys(InteractionSchema.properties).toSorted(),
      [...INTERACTION_PROPERTIES].toSorted(),
    )
    assert.deepEqual(
      Object.keys(WrittenInteractionSchema.properties).toSorted(),
      [...INTERACTION_PROPERTIES].toSorted(),
    )
  })

  it('requires of an answer what the contract requires', () => {
    for (const name of INTERACTION_PROPERTIES) {
      const value = without(interaction({ queues: [] }), name)
      assert.equal(published.Check(value), name === 'queues', name)
    }
    for (const name of MESSAGE_PROPERTIES) {
      const value = interaction({ messages: [without(spokenMessage(), name)] })
      const needed = ['message_id', 'text', 'channel', 'participant', 'source_system']
      assert.equal(published.Check(value), !needed.includes(name), name)
    }
  })

  it('is open to more values and properties in an answer, and for writes that keep them', () => {
    const more = interaction({ direction: 'UP', own: 1, messages: [message({ channel: 'FAX', own: 1 })] })
    assert.ok(published.Check(more))
    assert.ok(open.Check(more))
    assert.ok(!closed.Check(more))
    assert.ok(closed.Check({ ...interaction(), own: 1 }), 'more properties are no fault of a write')
  })

  it('leaves optional for a write what has a default or may be absent', () => {
    assert.ok(closed.Check(without(interaction(), 'ended_at', 'ring_groups', 'messages', 'agents')))
  })

  it('has channels for every source system, and only known ones', () => {
    assert.deepEqual([...CHANNELS_OF.keys()], [...SOURCE_SYSTEMS])
    const carried = new Set([...CHANNELS_OF.values()].flat())
    assert.deepEqual(carried, new Set(CHANNELS))
  })
})

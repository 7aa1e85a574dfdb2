import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ArrivedMessage, mergePatches } from '../../src/interaction/merge-patches.ts'
import { message } from './samples.ts'

const spoken = (message_id: string, more: object = {}) =>
  message({ message_id, source_system: 'STT', channel: 'VOICE', ...more })

function arrived(messages: object[]): ArrivedMessage[] {
  return messages.map((each, position) => {
    return { position, messageId: (each as { message_id: string }).message_id, json: JSON.stringify(each) }
  })
}

function merge(stored: object[], ...patches: object[]) {
  const all = arrived(stored)
  const find = (id: string) => all.filter(({ messageId }) => messageId === id)
  return mergePatches(
    patches.map((patch) => JSON.stringify(patch)),
    all.length,
    find,
    false,
  )
}

function changedBy(stored: object[], ...patches: object[]): [number, unknown][] {
  const merged = merge(stored, ...patches)
  assert.ok(merged.ok, JSON.stringify(merged))
  return merged.changed.map(({ position, json }) => [position, JSON.parse(json)])
}

const STORED = [message(), message({ message_id: 'm2' })]

describe('merging patches', () => {
  it('adds whole messages behind those that are there', () => {
    const added = message({ message_id: 'm3' })
    assert.deepEqual(changedBy(STORED, added, message({ message_id: 'm4' })), [
      [2, added],
      [3, message({ message_id: 'm4' })],
    ])
  })

  it('merges field by field, the last value of each, and gives what has changed only', () => {
    const changed = changedBy(
      STORED,
      { message_id: 'm2', sentiment: 'NEUTRAL', text: 'Bye' },
      { message_id: 'm1', text: 'Hello' },
      { message_id: 'm2', sentiment: 'POSITIVE' },
    )
    assert.deepEqual(changed, [[1, message({ message_id: 'm2', text: 'Bye', sentiment: 'POSITIVE' })]])
  })

  it('keeps the contract’s order of properties', () => {
    const merged = merge([message({ own: 1 })], { message_id: 'm1', intent: 'pay' })
    const json = JSON.stringify({ ...message(), own: 1 }).replace(
      '"source_system"',
      '"intent":"pay","source_system"',
    )
    assert.deepEqual(merged.ok && merged.changed[0]?.json, json)
  })

  it('enriches a message that the same call has added', () => {
    const changed = changedBy([], message(), { message_id: 'm1', sentiment: 'POSITIVE' })
    assert.deepEqual(changed, [[0, message({ sentiment: 'POSITIVE' })]])
  })

  const TWICE = [
    spoken('s', { recording_index: 0 }),
    spoken('s', { recording_index: 1 }),
    message({ message_id: 's' }),
  ]
  it('means the message of the key, or the only one that has what the patch gives of it', () => {
    const cases: [object, number][] = [
      [{ message_id: 's', source_system: 'DCE' }, 2],
      [{ message_id: 's', recording_index: 1 }, 1],
      [{ message_id: 's', source_system: 'STT', recording_index: 0 }, 0],
    ]
    for (const [patch, position] of cases) {
      const changed = changedBy(TWICE, { ...patch, sentiment: 'MIXED' })
      assert.deepEqual(
        changed.map(([at]) => at),
        [position],
      )
    }
    // One of no recording is meant where it is there, since that is its key.
    const stored = [spoken('s', { recording_index: 0 }), spoken('s')]
    assert.equal(changedBy(stored, { message_id: 's', source_system: 'STT', sentiment: 'MIXED' })[0]?.[0], 1)
  })

  it('adds what has another key than all of its id', () => {
    assert.equal(changedBy(TWICE, spoken('s', { recording_index: 2 }))[0]?.[0], 3)
    const other = message({ message_id: 'm1', source_system: 'VA', channel: 'WEBCHAT' })
    assert.equal(changedBy(STORED, other)[0]?.[0], 2)
  })

  it('refuses what could be several, and says what tells them apart', () => {
    for (const patch of [{ message_id: 's' }, { message_id: 's', source_system: 'STT' }]) {
      const merged = merge(TWICE, message({ message_id: 'new' }), patch)
      assert.ok(!merged.ok && merged.reason === 'ambiguous')
      assert.deepEqual(
        merged.problems.map(({ name }) => name),
        ['messages[1].message_id'],
      )
    }
  })

  it('means the same however many have the id', () => {
    const many = [...TWICE, ...Array.from({ length: 60 }, (_, n) => spoken('s', { recording_index: 2 + n }))]
    const cases: [patch: object, position: number | 'ambiguous' | 'new'][] = [
      [{ source_system: 'DCE' }, 2],
      [{ recording_index: 1 }, 1],
      [{ recording_index: 61 }, 62],
      [{ source_system: 'STT', recording_index: 40 }, 41],
      [{ source_system: 'STT', recording_index: 'added' }, 63],
      [{ source_system: 'STT' }, 'ambiguous'],
      [{}, 'ambiguous'],
      [{ source_system: 'VA' }, 'new'],
      [{ recording_index: 99 }, 'new'],
      [{ source_system: 'DCE', recording_index: 1 }, 'new'],
    ]
    const added = spoken('s', { recording_index: 1000 })
    for (const [given, expected] of cases) {
      const named =
        'recording_index' in given && given.recording_index === 'added'
          ? { ...given, recording_index: 1000 }
          : given
      const merged = merge(many, added, { message_id: 's', sentiment: 'MIXED', ...named })
      const touched = merged.ok
        ? merged.changed.find(({ json }) => json.includes('MIXED'))?.position
        : undefined
      const became = merged.ok ? touched : merged.reason === 'ambiguous' ? 'ambiguous' : 'new'
      assert.equal(became, expected, JSON.stringify(given))
    }
  })

  it('refuses a new message that is not whole, and what is not valid once merged', () => {
    const merged = merge(
      [spoken('s', { start_time: 5 })],
      { message_id: 'new', text: 'x' },
      { message_id: 's', end_time: 4 },
      { message_id: 's', channel: 'CHAT' },
    )
    assert.ok(!merged.ok && merged.reason === 'incomplete')
    assert.deepEqual(
      merged.problems.map(({ name }) => name),
      [
        'messages[0].channel',
        'messages[0].participant',
        'messages[0].source_system',
        'messages[1].end_time',
        'messages[2].channel',
      ],
    )
  })
})

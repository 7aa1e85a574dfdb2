import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SampleInteraction, SampleMessage } from '../../src/sample/conversations.ts'
import { sampleConversations } from '../../src/sample/conversations.ts'
import { month } from './month.ts'

const messages = month.flatMap((it) => it.messages)

const CHANNELS: Record<string, readonly string[]> = {
  STT: ['VOICE'],
  DCE: ['CHAT', 'SMS', 'DIGITAL_CONNECT'],
  VA: ['VOICE', 'WEBCHAT', 'SMS', 'DIGITAL_CONNECT'],
}
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/

/** All conversations between two times, as a list. */
function between(from: string, to: string, perDay?: number): SampleInteraction[] {
  return [...sampleConversations({ seed: 'parlance', from: new Date(from), to: new Date(to), perDay })]
}

/** Where a message stands by the contract: its time, then recording, then index. */
function place(message: SampleMessage): [string, number, number] {
  return [message.message_start_at ?? '', message.recording_index ?? 0, message.message_index ?? 0]
}

function isBefore(a: SampleMessage, b: SampleMessage): boolean {
  const [x, y] = [place(a), place(b)]
  const at = x.findIndex((value, index) => value !== y[index])
  return at >= 0 && (x[at] as string) < (y[at] as string)
}

describe('a sample is determined by its seed and the day', () => {
  test('two ranges give the same bytes for the days they share', () => {
    const first = between('2025-03-03T00:00:00Z', '2025-03-07T00:00:00Z')
    const second = between('2025-03-05T00:00:00Z', '2025-03-09T00:00:00Z')
    const shared = (list: SampleInteraction[]) =>
      list.filter((it) => it.started_at >= '2025-03-05' && it.ended_at < '2025-03-07')
    assert.ok(shared(first).length > 200)
    assert.equal(JSON.stringify(shared(first)), JSON.stringify(shared(second)))
  })

  test('a later end only adds to what an earlier one gave', () => {
    const noon = between('2025-03-04T00:00:00Z', '2025-03-04T12:00:00Z')
    const evening = between('2025-03-04T00:00:00Z', '2025-03-04T20:00:00Z')
    const known = new Set(evening.map((it) => JSON.stringify(it)))
    assert.ok(noon.length > 20 && evening.length > noon.length)
    assert.ok(noon.every((it) => known.has(JSON.stringify(it))))
  })

  test('another seed gives other conversations, customers and agents', () => {
    const options = { from: new Date('2025-03-03T00:00:00Z'), to: new Date('2025-03-04T00:00:00Z') }
    const other = [...sampleConversations({ ...options, seed: 'other' })]
    const ids = new Set(between('2025-03-03T00:00:00Z', '2025-03-04T00:00:00Z').flatMap(idsOf))
    assert.ok(other.length > 100)
    assert.deepEqual(
      other.flatMap(idsOf).filter((id) => ids.has(id)),
      [],
    )
  })
})

function idsOf(it: SampleInteraction): string[] {
  return [
    it.id,
    it.customer_id,
    ...it.agents.map((agent) => agent.id),
    ...it.messages.map((m) => m.message_id),
  ]
}

describe('the range of a sample', () => {
  test('only what started from its start and had ended by its end', () => {
    const all = between('2025-03-04T00:00:00Z', '2025-03-06T00:00:00Z')
    const from = '2025-03-04T10:30:00.000000Z'
    const last = all.find(
      (it) => it.started_at > '2025-03-05T15' && it.ended_at.slice(0, 16) > it.started_at.slice(0, 16),
    )
    assert.ok(last)
    const to = `${last.ended_at.slice(0, 17)}00.000000Z`
    assert.ok(to > last.started_at && to < last.ended_at, 'somebody is still talking at the end')
    const inside = between(from, to)
    assert.ok(inside.every((it) => it.started_at >= from && it.ended_at <= to))
    assert.ok(inside.every((it) => it.id !== last.id))
    assert.equal(inside.length, all.filter((it) => it.started_at >= from && it.ended_at <= to).length)
  })

  test('both ends are inclusive', () => {
    const [first] = between('2025-03-04T00:00:00Z', '2025-03-05T00:00:00Z')
    assert.ok(first)
    const upTo = (time: string) => new Date(`${time.slice(0, 23)}Z`)
    const after = (time: string) => new Date(upTo(time).getTime() + 1)
    const ids = (from: Date, to: Date) =>
      [...sampleConversations({ seed: 'parlance', from, to })].map((it) => it.id)
    assert.ok(ids(upTo(first.started_at), after(first.ended_at)).includes(first.id))
    assert.ok(!ids(after(first.started_at), after(first.ended_at)).includes(first.id))
  })

  test('in order of their start', () => {
    for (let i = 1; i < month.length; i++) {
      assert.ok((month[i - 1]?.started_at ?? '') < (month[i]?.started_at ?? ''))
    }
  })

  test('a range that is empty or backwards gives nothing, an unreadable one is refused', () => {
    assert.deepEqual(between('2025-03-05T00:00:00Z', '2025-03-04T00:00:00Z'), [])
    assert.deepEqual(between('2025-03-04T00:00:00Z', '2025-03-06T00:00:00Z', 0), [])
    assert.throws(() => between('yesterday', '2025-03-04T00:00:00Z'), TypeError)
    assert.throws(() => between('2025-03-04T00:00:00Z', '2025-03-05T00:00:00Z', -1), TypeError)
  })
})

describe('how many there are', () => {
  test('some three thousand a month', () => {
    assert.ok(month.length > 2700 && month.length < 3700, `${month.length}`)
  })

  test('a working day has about perDay, a Sunday far fewer', () => {
    const perDay = 400
    const wednesday = between('2025-03-05T00:00:00Z', '2025-03-06T00:00:00Z', perDay).length
    const sunday = between('2025-03-09T00:00:00Z', '2025-03-10T00:00:00Z', perDay).length
    assert.ok(wednesday > perDay * 0.8 && wednesday < perDay * 1.2, `${wednesday}`)
    assert.ok(sunday < perDay * 0.3, `${sunday}`)
  })

  test('mornings are busier than evenings', () => {
    const during = (from: string, to: string) =>
      month.filter((it) => it.started_at.slice(11, 13) >= from && it.started_at.slice(11, 13) < to).length
    assert.ok(during('09', '12') > 2 * during('17', '20'))
    assert.ok(during('00', '06') > 0)
  })

  test('3 to 40 messages each, about 14', () => {
    for (const it of month) assert.ok(it.messages.length >= 3 && it.messages.length <= 40, it.id)
    const mean = messages.length / month.length
    assert.ok(mean > 12 && mean < 16, `${mean}`)
  })
})

describe('the form of the contract', () => {
  test('ids are unique and shaped as the hosted API has them', () => {
    const ids = month.map((it) => it.id)
    const messageIds = messages.map((it) => it.message_id)
    assert.equal(new Set([...ids, ...messageIds]).size, ids.length + messageIds.length)
    for (const id of [...ids, ...messageIds, ...month.map((it) => it.customer_id)]) assert.match(id, UUID)
    for (const agent of month.flatMap((it) => it.agents)) assert.match(agent.id, /^[0-9a-f]{24}$/)
  })

  test('a channel that its source system may carry', () => {
    for (const it of messages) assert.ok(CHANNELS[it.source_system]?.includes(it.channel), JSON.stringify(it))
  })

  test('a participant that its source system knows', () => {
    const allowed: Record<string, readonly string[]> = {
      STT: ['CONTACT', 'USER'],
      DCE: ['CONTACT', 'USER'],
      VA: ['CONTACT', 'BOT'],
    }
    for (const it of messages)
      assert.ok(allowed[it.source_system]?.includes(it.participant), JSON.stringify(it))
  })

  test('no message lies outside its interaction', () => {
    for (const it of month) {
      for (const time of [it.started_at, it.ended_at]) assert.match(time, INSTANT)
      for (const message of it.messages) {
        assert.match(message.message_start_at ?? '', INSTANT)
        assert.ok(it.started_at <= (message.message_start_at ?? ''), it.id)
        assert.ok((message.message_start_at ?? '') <= it.ended_at, it.id)
      }
    }
  })

  test('messages are in the order of the contract', () => {
    for (const it of month) {
      for (let i = 1; i < it.messages.length; i++) {
        assert.ok(isBefore(it.messages[i - 1] as SampleMessage, it.messages[i] as SampleMessage), it.id)
      }
    }
  })

  test('speech to text has its place in a recording, and nothing else has', () => {
    for (const it of messages) {
      const spoken = it.source_system === 'STT'
      for (const key of [
        'start_time',
        'end_time',
        'recording_id',
        'recording_index',
        'transcription_type',
      ] as const) {
        assert.equal(key in it, spoken, `${key} of ${it.message_id}`)
      }
      if (spoken) assert.ok((it.start_time ?? -1) >= 0 && (it.end_time ?? 0) > (it.start_time ?? 0))
    }
  })

  test('the seconds into a recording agree with the time of day', () => {
    const starts = new Map<string, Set<number>>()
    for (const it of messages.filter((message) => message.recording_id !== undefined)) {
      const at = micros(it.message_start_at ?? '') - Math.round((it.start_time ?? 0) * 1000) * 1000
      starts.set(it.recording_id ?? '', (starts.get(it.recording_id ?? '') ?? new Set()).add(at))
    }
    assert.ok(starts.size > 1000)
    for (const [recording, at] of starts) assert.equal(at.size, 1, recording)
  })

  test('an intent is on what a virtual agent heard, with its score', () => {
    const heard = messages.filter((it) => it.intent !== undefined)
    assert.ok(heard.every((it) => it.source_system === 'VA' && it.participant === 'CONTACT'))
    assert.ok(
      heard.every((it) => (it.intent_confidence_score ?? -1) >= 0 && (it.intent_confidence_score ?? 2) <= 1),
    )
    assert.ok(
      heard.some((it) => it.intent_is_fallback) && heard.some((it) => it.intent_is_fallback === false),
    )
    for (const it of messages.filter((message) => message.source_system === 'VA')) {
      assert.ok(it.agent_id && it.agent_name, it.message_id)
    }
  })

  test('nothing is null or undefined', () => {
    for (const it of month) {
      for (const value of [...Object.values(it), ...it.messages.flatMap((m) => Object.values(m))]) {
        assert.ok(value !== null && value !== undefined, it.id)
      }
    }
  })
})

/** Microseconds since 1970 of a time in the contract's form. */
function micros(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`) * 1000 + Number(time.slice(23, 26))
}

test('a year is made lazily: the first conversation comes without the rest', () => {
  const from = new Date('2025-03-01T00:00:00Z')
  const year = sampleConversations({
    seed: 'parlance',
    from,
    to: new Date('2026-03-01T00:00:00Z'),
    perDay: 500,
  })
  assert.equal(year.next().done, false)
  year.return(undefined)
})

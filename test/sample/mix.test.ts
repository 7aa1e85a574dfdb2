import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SampleInteraction } from '../../src/sample/conversations.ts'
import { month } from './month.ts'

const messages = month.flatMap((it) => it.messages)

/** The source systems and channels of an interaction, in order of appearance. */
function kindOf(interaction: SampleInteraction): string {
  return [...new Set(interaction.messages.map((it) => `${it.source_system} ${it.channel}`))].join(' > ')
}

describe('the mix', () => {
  const kinds = new Set(month.map(kindOf))

  for (const kind of [
    'STT VOICE',
    'DCE CHAT',
    'DCE SMS',
    'DCE DIGITAL_CONNECT',
    'VA WEBCHAT',
    'VA VOICE',
    'VA SMS',
    'VA DIGITAL_CONNECT',
    'VA VOICE > STT VOICE',
    'VA WEBCHAT > DCE CHAT',
    'VA SMS > DCE SMS',
    'VA DIGITAL_CONNECT > DCE DIGITAL_CONNECT',
  ]) {
    test(`has ${kind}`, () => assert.ok(kinds.has(kind)))
  }

  test('a virtual agent hands over to a person, who then is an agent of the interaction', () => {
    const handed = month.filter((it) => kindOf(it).includes(' > '))
    assert.ok(handed.length > 100)
    for (const it of handed) {
      assert.equal(it.messages[0]?.source_system, 'VA')
      assert.notEqual(it.messages.at(-1)?.source_system, 'VA')
      assert.ok(it.agents.length > 0 && it.ring_groups.length > 0 && (it.queues?.length ?? 0) > 0)
    }
  })

  test('a virtual agent alone has no agents and no ring groups', () => {
    const alone = month.filter((it) => it.messages.every((message) => message.source_system === 'VA'))
    assert.ok(alone.length > 100)
    for (const it of alone) assert.deepEqual([it.agents, it.ring_groups, it.queues], [[], [], undefined])
  })

  test('mostly inbound, some outbound, a few internal', () => {
    const count = (direction: string) => month.filter((it) => it.direction === direction).length
    assert.ok(count('IN') > 0.7 * month.length)
    assert.ok(count('OUT') > count('INTERNAL') && count('INTERNAL') > 10)
  })

  test('about 24 agents in 8 ring groups, and customers who come back', () => {
    assert.equal(new Set(month.flatMap((it) => it.agents.map((agent) => agent.id))).size, 24)
    assert.equal(new Set(month.flatMap((it) => it.ring_groups)).size, 8)
    const customers = new Map<string, number>()
    for (const it of month) customers.set(it.customer_id, (customers.get(it.customer_id) ?? 0) + 1)
    assert.ok(customers.size > 500 && customers.size < month.length / 2, `${customers.size}`)
    assert.ok(Math.max(...customers.values()) < 40)
  })

  test('a call that was passed to a supervisor has two recordings and two agents', () => {
    const passed = month.filter((it) => it.messages.some((message) => message.recording_index === 1))
    assert.ok(passed.length > 20)
    for (const it of passed) {
      assert.equal(it.agents.length, 2)
      assert.equal(new Set(it.messages.map((m) => m.recording_id).filter(Boolean)).size, 2)
    }
  })

  test('no agent is in two calls at once', () => {
    const calls = month.filter((it) => it.messages.some((message) => message.source_system === 'STT'))
    const until = new Map<string, string>()
    for (const it of calls) {
      for (const agent of it.agents) {
        assert.ok((until.get(agent.id) ?? '') <= it.started_at, `${it.id} and ${agent.name}`)
        until.set(agent.id, it.ended_at)
      }
    }
  })

  test('all sentiments, both transcription types and several languages', () => {
    const sentiments = new Set(messages.map((it) => it.sentiment).filter(Boolean))
    assert.deepEqual([...sentiments].sort(), ['MIXED', 'NEGATIVE', 'NEUTRAL', 'POSITIVE'])
    const transcriptions = new Set(messages.map((it) => it.transcription_type).filter(Boolean))
    assert.deepEqual([...transcriptions].sort(), ['POST_CALL', 'REAL_TIME'])
    for (const word of ['Buenos días', 'Obrigado', 'Guten Tag', 'Bonjour']) {
      assert.ok(
        messages.some((it) => it.text.includes(word)),
        word,
      )
    }
    assert.ok(messages.some((it) => /\p{Extended_Pictographic}/u.test(it.text)))
  })
})

describe('the text', () => {
  test('no two conversations read the same', () => {
    const texts = month.map((it) => it.messages.map((message) => message.text).join('\n'))
    assert.ok(texts.length > 2700)
    assert.equal(new Set(texts).size, texts.length)
  })

  test('no trace of the templates it is made from', () => {
    for (const it of messages) {
      assert.doesNotMatch(
        it.text,
        /[{}|$](?!\d)|undefined|NaN|\[object| {2}|^\s|\s$|\ba (orange|air|internet)\b/,
        it.text,
      )
      assert.notEqual(it.text, '')
    }
  })

  test('only made-up addresses and numbers', () => {
    for (const { text } of messages) {
      for (const [address] of text.matchAll(/\S+@\S+/g))
        assert.match(address, /@(fernhallow\.)?example\.com[.,?]?$/)
      for (const [number] of text.matchAll(/\b\d{3}-\d{4}\b/g)) assert.match(number, /^555-01\d\d$/)
      assert.doesNotMatch(text, /\b\d{13,19}\b|\b(\d{4}[ -]){3}\d{4}\b/)
    }
  })

  test('a customer keeps their name', () => {
    const names = new Map<string, Set<string>>()
    for (const it of month) {
      for (const message of it.messages) {
        const name =
          /\bis ([A-Z][a-z]+ [A-Z][a-z]+), and the ZIP|^(?:It's )?([A-Z][a-z]+ [A-Z][a-z]+), ZIP/.exec(
            message.text,
          )
        const found = name?.[1] ?? name?.[2]
        if (found) names.set(it.customer_id, (names.get(it.customer_id) ?? new Set()).add(found))
      }
    }
    assert.ok(names.size > 50)
    for (const [customer, found] of names) assert.equal(found.size, 1, customer)
  })
})

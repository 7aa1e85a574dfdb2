import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_DEPTH } from '../../src/interaction/limits.ts'
import {
  documentOf,
  draftOf,
  interaction,
  message,
  problemsOf,
  read,
  readText,
  spokenMessage,
  warningsOf,
  without,
} from './samples.ts'

describe('null', () => {
  it('is left out for every named property that is not required', () => {
    for (const name of ['ended_at', 'queues']) {
      assert.ok(!(name in documentOf(read(interaction({ queues: ['q'], [name]: null })))))
    }
    const required = Object.keys(message())
    for (const name of Object.keys(spokenMessage()).filter((each) => !required.includes(each))) {
      const reading = read(interaction({ messages: [spokenMessage({ [name]: null })] }))
      assert.deepEqual(documentOf(reading).messages, [without(spokenMessage(), name)], name)
      assert.deepEqual(warningsOf(reading), [])
    }
    assert.deepEqual(documentOf(read(interaction({ agents: [{ id: 'a', name: null }] }))).agents, [
      { id: 'a' },
    ])
  })

  it('is dropped from lists of names and agents, with a warning', () => {
    for (const [name, kept] of Object.entries({ ring_groups: ['a'], queues: ['a'], agents: [{ id: 'a' }] })) {
      const warning = [{ name, description: 'holds null, which was dropped' }]
      for (const [list, rest] of [
        [[null], []],
        [[null, ...kept, null], kept],
      ] as const) {
        const reading = read(interaction({ [name]: list }))
        assert.deepEqual(documentOf(reading)[name], rest)
        assert.deepEqual(warningsOf(reading), warning)
      }
    }
  })

  it('beside agents does not move what they have of their own', () => {
    const agents = '[null,{"id":"a","own":1.0},null,null,{"id":"b","own":2.0}]'
    const text = JSON.stringify(without(interaction(), 'agents')).replace(/\}$/, `,"agents":${agents}}`)
    assert.match(
      draftOf(readText(text)).json,
      /"agents":\[\{"id":"a","own":1\.0\},\{"id":"b","own":2\.0\}\]\}$/,
    )
  })
})

/** What JavaScript would write differently, or not at all, and what trips up careless copying. */
const OWN = [
  '"float":1.0',
  '"big":12345678901234567890',
  '"huge":1e400',
  '"tiny":1e-400',
  '"minus":-0',
  '"exponent":[1E2,1e+2,1.50]',
  '"plain":[1,-1,1.5,1e+21]',
  '"nothing":null',
  '"nested":{"nothing":null,"list":[null,[],{}],"n":0.10}',
  '"text":"\\\\ \\" \\u2028"',
  '"__proto__":{"polluted":1.0}',
  '"constructor":{"prototype":1}',
  '"toString":"x"',
  '"":""',
  '"é.[0]":true',
].join()

describe('properties that the contract does not name', () => {
  it('are kept exactly, behind the named ones, at all three levels', () => {
    const messages = `[{"message_id":"m1",${OWN.replace('"text"', '"texts"')},"text":"Hello","channel":"CHAT","participant":"CONTACT","source_system":"DCE"}]`
    const agents = `[{${OWN},"id":"a1"}]`
    const text = `{${OWN},"id":"i1","customer_id":"c1","started_at":"2024-05-01T10:00:00.000000Z","messages":${messages},"direction":"IN","agents":${agents}}`
    // A text of JSON is written back as JSON.stringify writes it: U+2028 stands for itself.
    const own = OWN.replace('\\u2028', '\u2028')
    const expected =
      '{"id":"i1","customer_id":"c1","started_at":"2024-05-01T10:00:00.000000Z","direction":"IN","ring_groups":[],' +
      `"messages":[{"message_id":"m1","text":"Hello","channel":"CHAT","participant":"CONTACT","source_system":"DCE",${own.replace('"text"', '"texts"')}}],` +
      `"agents":[{"id":"a1",${own}}],${own}}`
    assert.equal(draftOf(readText(text)).json, expected)
    assert.equal(draftOf(readText(expected)).json, expected)
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
  })

  it('keep their order', () => {
    const { json } = draftOf(readText(JSON.stringify({ z: 1, ...interaction(), a: 2, m: 3 })))
    assert.match(json, /"z":1,"a":2,"m":3\}$/)
  })

  it('stay with their message when messages are put in order', () => {
    const messages = [
      message({ message_id: 'late', message_start_at: '2024-05-01T10:00:09Z', own: 'late' }),
      message({ message_id: 'early', message_start_at: '2024-05-01T10:00:01Z', own: 'early' }),
    ]
    const ordered = documentOf(read(interaction({ messages }))).messages
    assert.deepEqual(
      ordered.map((each: { message_id: string; own: string }) => [each.message_id, each.own]),
      [
        ['early', 'early'],
        ['late', 'late'],
      ],
    )
  })

  it('are told once for each name and level', () => {
    const messages = [message({ own: 1 }), message({ message_id: 'm2', own: 2, more: 3 })]
    const reading = read({ ...interaction({ messages, agents: [{ id: 'a', own: 4 }] }), own: 5 })
    assert.deepEqual(
      warningsOf(reading),
      ['own', 'messages[0].own', 'messages[1].more', 'agents[0].own'].map((name) => ({
        name,
        description: 'is not a property of the contract; kept as it came',
      })),
    )
  })

  it('are named in at most 50 warnings', () => {
    const own = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`own${index}`, index]))
    const reading = read({ ...interaction(), ...own })
    assert.equal(warningsOf(reading).length, 50)
    assert.equal(documentOf(reading).own59, 59)
  })

  it('are no fault with unknown values kept either', () => {
    assert.equal(documentOf(read({ ...interaction(), own: null }, { keepUnknownValues: true })).own, null)
  })
})

describe('nesting', () => {
  const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels)
  const places: [name: string, textWith: (value: string) => string][] = [
    ['own', (value) => `{"own":${value},${JSON.stringify(interaction()).slice(1)}`],
    [
      'messages[0].own',
      (value) => JSON.stringify(interaction({ messages: [message({ own: '?' })] })).replace('"?"', value),
    ],
    [
      'agents[0].own',
      (value) => JSON.stringify(interaction({ agents: [{ id: 'a', own: '?' }] })).replace('"?"', value),
    ],
  ]
  for (const [name, textWith] of places) {
    it(`of ${MAX_DEPTH} levels is the deepest in ${name}`, () => {
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":[', ']}'],
      ] as const) {
        const levels = MAX_DEPTH / open.replace(/[^[{]/g, '').length
        const deepest = nested(levels, open, close)
        assert.ok(draftOf(readText(textWith(deepest))).json.includes(deepest))
        assert.deepEqual(problemsOf(readText(textWith(`[${deepest}]`))), [
          { name, description: 'is nested more than 32 levels deep' },
        ])
      }
    })
  }

  it('of 100,000 levels is refused anywhere, and never throws', () => {
    const deep = nested(100_000)
    const description = 'is nested more than 32 levels deep'
    for (const value of [deep, nested(100_000, '{"a":', '}').replace('}', '1}')]) {
      for (const [name, textWith] of places) {
        assert.deepEqual(problemsOf(readText(textWith(value))), [{ name, description }])
      }
      assert.ok(problemsOf(readText(value)).length > 0)
    }
    for (const name of ['id', 'started_at', 'ring_groups', 'messages', 'agents']) {
      const text = JSON.stringify(interaction({ [name]: '?' })).replace('"?"', deep)
      assert.match(problemsOf(readText(text))[0]?.name ?? '', new RegExp(`^${name}(\\[0\\])?$`))
    }
    for (const name of ['text', 'message_index']) {
      const text = JSON.stringify(interaction({ messages: [message({ [name]: '?' })] })).replace('"?"', deep)
      assert.equal(problemsOf(readText(text))[0]?.name, `messages[0].${name}`)
    }
  })

  it('that a later property of the same name replaces is no matter', () => {
    const text = `{"own":${nested(100_000)},"own":1.0,${JSON.stringify(interaction()).slice(1)}`
    assert.match(draftOf(readText(text)).json, /"own":1\.0\}$/)
  })
})

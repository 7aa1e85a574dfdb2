import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BOUNDED } from '../../../src/interaction/redact/numbers.ts'
import { type Counts, DEFAULT_REDACTOR, redactorOf } from '../../../src/interaction/redact/redactor.ts'
import { faultOf, KINDS, type Kind } from '../../../src/interaction/redact/settings.ts'

const only = async (kind: Kind) => {
  const redactor = await redactorOf({ kinds: [kind], patterns: [] })
  return (text: string) => redactor.redact(text, {})
}
const everything = await redactorOf({ kinds: KINDS, patterns: [] })

const FOUND: Record<Kind, string[]> = {
  card: ['4111 1111 1111 1111'],
  email: ['jane.doe+x@mail.example.co.uk', 'JÜRGEN@münchen.de', 'a@b.io', "o'neil@xn--bcher-kva.example"],
  iban: [
    'DE89 3704 0044 0532 0130 00',
    'GB82WEST12345698765432',
    'gb82 west 1234 5698 7654 32',
    'NO9386011117947',
  ],
  ssn: ['123-45-6789', '123 45 6789', '899\u201301\u20130001'],
  phone: [
    '+44 20 7946 0958',
    '+1 (555) 234-5678',
    '0049 30 123456',
    '(555) 234-5678',
    '555.234.5678',
    '5552345678',
  ].concat(['1-800-234-5678', '06 12 34 56 78', '(030) 1234567', '612 345 678']),
}
const NOT_FOUND: Record<Kind, string[]> = {
  card: ['4111 1111 1111 1112'],
  email: [
    '@jane',
    'jane@',
    'jane@host',
    'jane@example.1',
    'a @ b.de',
    'jane@.de',
    'jane@-x.de',
    'jane@a..de',
  ],
  iban: [
    'DE89 3704 0044 0532 0130 01',
    'no 9873 ssn no 8820',
    'DE89 3704 0044 0532 0130',
    'XX89370400440532013000',
    'xDE89370400440532013000',
  ],
  ssn: [
    '000-12-3456',
    '666-12-3456',
    '900-12-3456',
    '123-00-4567',
    '123-45-0000',
    '123-45 6789',
    '123456789',
    '1123-45-6789',
  ],
  phone: [
    '12345678',
    '2026-10-01',
    '1234567890123456',
    '123-45-6789',
    '155-234-5678',
    '0.61234567890',
    'a5552345678',
  ],
}

for (const kind of KINDS) {
  describe(kind, () => {
    for (const text of FOUND[kind]) {
      test(`${text} is one`, async () => {
        assert.equal((await only(kind))(`It is ${text}, yes.`), `It is [${kind.toUpperCase()}], yes.`)
      })
    }
    for (const text of NOT_FOUND[kind]) {
      test(`${text} is none`, async () => {
        assert.equal((await only(kind))(`It is ${text}, yes.`), `It is ${text}, yes.`)
      })
    }
  })
}

test('nine digits are a social security number where the text speaks of one', async () => {
  assert.equal((await only('ssn'))('my SSN is 123456789'), 'my SSN is [SSN]')
})

test('by default cards go and nothing else', () => {
  const text = 'jane@example.com, 123-45-6789, DE89 3704 0044 0532 0130 00, 555-234-5678'
  assert.equal(DEFAULT_REDACTOR.redact(`${text}, 4111111111111111`, {}), `${text}, [CARD]`)
})

test('counts are added up by kind', () => {
  const counts: Counts = { card: 1 }
  everything.redact('4111111111111111 and 5555555555554444, jane@example.com', counts)
  everything.redact('nothing', counts)
  assert.deepEqual(counts, { card: 3, email: 1 })
})

test('with no kinds a text stays', async () => {
  const none = await redactorOf({ kinds: [], patterns: [] })
  assert.equal(none.redact('4111111111111111', {}), '4111111111111111')
})

test('in a string that may be an identifier only what is no accident is found', () => {
  const ids = [
    '550e8400-4111-1111-1111-111111111111',
    'ORDER:4111-1111-1111-1111',
    '2026-10-01T00:00:00.000000Z',
  ]
  for (const id of ids) assert.equal(everything.redactToken(id, {}), id)
  assert.equal(everything.redactToken('4111-1111-1111-1111', {}), '[CARD]')
  assert.equal(everything.redactToken('card 4111-1111-1111-1111', {}), 'card [CARD]')
  assert.equal(everything.redactToken('jane@example.com', {}), '[EMAIL]')
  assert.equal(everything.redactToken('DE89370400440532013000', {}), '[IBAN]')
})

test('redacting twice changes nothing, and counts nothing', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '4111 1111 1111 1111',
      '4111111111111111',
      'double five',
      'four',
      'one',
      '+',
      '(',
      ')',
      '@',
      '.',
    ),
    fc.constantFrom(
      'ssn',
      '123-45-6789',
      'jane@example.com',
      'DE89 3704 0044 0532 0130 00',
      'DE',
      '[CARD]',
      '00',
    ),
    fc.stringMatching(/^\d{1,20}$/),
    fc.stringMatching(/^[a-f0-9.@-]{1,12}$/),
  )
  const text = fc
    .array(fc.tuple(part, fc.constantFrom(' ', '', '-', ', ', ' - ', '. ')), { maxLength: 30 })
    .map((parts) => parts.flat().join(''))
  fc.assert(
    fc.property(text, (given) => {
      for (const redactor of [DEFAULT_REDACTOR, everything]) {
        const once = redactor.redact(given, {})
        const counts: Counts = {}
        assert.equal(redactor.redact(once, counts), once)
        assert.deepEqual(counts, {})
      }
    }),
    { numRuns: 2000 },
  )
})

test('what the first look passes over stays, whatever is looked for', async () => {
  const pattern = { name: 'ORDER', pattern: 'x\\d' }
  const redactors = [
    DEFAULT_REDACTOR,
    everything,
    ...(await Promise.all(KINDS.map((kind) => redactorOf({ kinds: [kind], patterns: [] })))),
    await redactorOf({ kinds: [], patterns: [pattern] }),
  ]
  const part = fc.constantFrom(
    ...['4111 1111 1111 1111', 'five', 'one', 'jane@example.com', '@', 'ssn 123456789', '123-45-6789', 'x1'],
    ...[
      'DE89 3704 0044 0532 0130 00',
      '555-234-5678',
      '999 999 9999',
      '10:30',
      'at',
      'the',
      '$4.50',
      '4',
      'double',
    ],
  )
  const passed = new Set<number>()
  fc.assert(
    fc.property(fc.array(fc.tuple(part, fc.constantFrom(' ', ', ', '')), { maxLength: 8 }), (parts) => {
      const text = parts.flat().join('')
      const bytes = Buffer.from(`"${text}"`)
      for (const [index, redactor] of redactors.entries()) {
        if (redactor.mayChange(bytes, 1, bytes.length - 1)) continue
        assert.equal(redactor.redact(text, {}), text)
        passed.add(index)
      }
    }),
    { numRuns: 3000 },
  )
  // But for the one with a pattern, which may match anything, each passes over some.
  assert.deepEqual([...passed].toSorted(), [0, 1, 2, 3, 4, 5, 6])
})

test('expressions look at a fixed number of characters from each place', () => {
  for (const { source } of BOUNDED) {
    const bare = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
    assert.doesNotMatch(bare, /[*+]|\{\d+,\}/)
  }
})

test('a megabyte of signs without addresses stays', () => {
  const text = 'a@'.repeat(512 * 1024)
  assert.equal(everything.redact(text, {}), text)
})

test('settings that cannot be used are told in words', () => {
  const of = (...names: string[]) =>
    faultOf({ kinds: [], patterns: names.map((name) => ({ name, pattern: 'x' })) })
  assert.equal(of('POLICY', 'A1_B'), undefined)
  assert.match(of('policy') ?? '', /"policy" cannot name/)
  assert.match(of('A]B') ?? '', /cannot name/)
  assert.match(of('CARD') ?? '', /CARD is the label/)
  assert.match(of('A', 'A') ?? '', /Two patterns/)
  assert.match(of(...Array.from({ length: 21 }, (_, n) => `P${n}`)) ?? '', /20 patterns/)
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { EARLIEST, formatInstant, LATEST, parseInstant, SECOND } from '../../src/interaction/instant.ts'

const anyInstant = fc.integer({ min: EARLIEST, max: LATEST })
const NOON = Date.UTC(2020, 2, 10, 12) * 1000

describe('writing an instant', () => {
  it('gives six fractional digits and Z', () => {
    assert.equal(formatInstant(Date.UTC(2020, 2, 10) * 1000), '2020-03-10T00:00:00.000000Z')
    assert.equal(formatInstant(NOON + 123_456), '2020-03-10T12:00:00.123456Z')
    assert.equal(formatInstant(NOON + 1), '2020-03-10T12:00:00.000001Z')
    assert.equal(formatInstant(-1), '1969-12-31T23:59:59.999999Z')
  })

  it('reads back to the same microsecond, over the whole range', () => {
    fc.assert(
      fc.property(anyInstant, (at) => {
        const text = formatInstant(at)
        assert.equal(text.length, 27)
        assert.equal(parseInstant(text), at)
      }),
      { numRuns: 2000, examples: [[EARLIEST], [LATEST], [0], [-1], [1], [-1000], [999]] },
    )
  })

  it('keeps order as text', () => {
    fc.assert(
      fc.property(anyInstant, anyInstant, (a, b) => {
        assert.equal(formatInstant(a) < formatInstant(b), a < b)
      }),
    )
  })
})

describe('reading an instant', () => {
  it('agrees with Date on every whole millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: EARLIEST / 1000, max: Math.floor(LATEST / 1000) }), (milliseconds) => {
        assert.equal(parseInstant(new Date(milliseconds).toISOString()), milliseconds * 1000)
      }),
    )
  })

  it('takes any offset off', () => {
    const offset = fc.record({ sign: fc.constantFrom(1, -1), hours: fc.nat(23), minutes: fc.nat(59) })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: LATEST - 86_400 * SECOND }),
        offset,
        (at, { sign, hours, minutes }) => {
          const shifted = at + sign * (hours * 60 + minutes) * 60 * SECOND
          const pad = (value: number) => String(value).padStart(2, '0')
          const text = `${formatInstant(shifted).slice(0, -1)}${sign > 0 ? '+' : '-'}${pad(hours)}:${pad(minutes)}`
          assert.equal(parseInstant(text), at)
        },
      ),
    )
  })

  it('keeps six digits of a fraction of 1 to 20 and cuts the others off', () => {
    for (let digits = 1; digits <= 20; digits += 1) {
      const fraction = '98765432109876543210'.slice(0, digits)
      const expected = NOON + Number(fraction.slice(0, 6).padEnd(6, '0'))
      assert.equal(parseInstant(`2020-03-10T12:00:00.${fraction}Z`), expected, fraction)
    }
    assert.equal(parseInstant('2020-03-10T12:00:00.9999999Z'), NOON + 999_999, 'cut, not rounded')
  })

  const accepted: [text: string, same: string][] = [
    ['2020-03-10t12:00:00z', '2020-03-10T12:00:00.000000Z'],
    ['2020-03-10T12:00:00+00:00', '2020-03-10T12:00:00.000000Z'],
    ['2020-03-10T12:00:00-00:00', '2020-03-10T12:00:00.000000Z'],
    ['2020-03-10T12:00:00.000001+05:30', '2020-03-10T06:30:00.000001Z'],
    ['2020-03-10T23:59:59-23:59', '2020-03-11T23:58:59.000000Z'],
    ['2020-02-29T00:00:00Z', '2020-02-29T00:00:00.000000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
    ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000000Z'],
    ['2015-06-30T16:59:60-07:00', '2015-07-01T00:00:00.000000Z'],
    ['1900-01-01T00:00:00Z', '1900-01-01T00:00:00.000000Z'],
    ['2199-12-31T23:59:59.999999Z', '2199-12-31T23:59:59.999999Z'],
    ['1899-12-31T23:59:59-00:01', '1900-01-01T00:00:59.000000Z'],
    ['2200-01-01T00:00:00+00:01', '2199-12-31T23:59:00.000000Z'],
  ]
  for (const [text, same] of accepted) {
    it(`reads ${text} as ${same}`, () => {
      assert.equal(formatInstant(parseInstant(text) ?? Number.NaN), same)
    })
  }

  const refused: Record<string, string[]> = {
    'days that no calendar has': [
      '2021-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2100-02-29T00:00:00Z',
      '2020-02-30T00:00:00Z',
      '2020-04-31T00:00:00Z',
      '2020-06-31T00:00:00Z',
      '2020-09-31T00:00:00Z',
      '2020-11-31T00:00:00Z',
      '2020-01-32T00:00:00Z',
      '2020-01-00T00:00:00Z',
      '2020-00-10T00:00:00Z',
      '2020-13-10T00:00:00Z',
    ],
    'hours, minutes, seconds and offsets that no clock has': [
      '2020-03-10T24:00:00Z',
      '2020-03-10T12:60:00Z',
      '2020-03-10T12:00:61Z',
      '2020-03-10T12:00:00+24:00',
      '2020-03-10T12:00:00+01:60',
    ],
    'a leap second that does not end a UTC day': [
      '2016-12-31T23:58:60Z',
      '2016-12-31T22:59:60Z',
      '2016-12-31T23:59:60+01:00',
    ],
    'times outside 1900 to 2199, offset included': [
      '1899-12-31T23:59:59.999999Z',
      '1900-01-01T00:00:00+00:01',
      '2200-01-01T00:00:00Z',
      '2199-12-31T23:59:59-00:01',
      '2199-12-31T23:59:60Z',
      '0099-01-01T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
    ],
    'other notations': [
      '',
      '2020-03-10',
      '2020-03-10T12:00:00',
      '2020-03-10T12:00Z',
      '2020-03-10 12:00:00Z',
      '2020-03-10T12:00:00,5Z',
      '2020-03-10T12:00:00.Z',
      '2020-03-10T12:00:00+0100',
      '2020-03-10T12:00:00+01',
      '2020-03-10T12:00:00 01:00',
      '2020-03-10T12:00:00\u221201:00',
      '+02020-03-10T12:00:00Z',
      '-2020-03-10T12:00:00Z',
      '20200310T120000Z',
      ' 2020-03-10T12:00:00Z',
      '2020-03-10T12:00:00Z ',
      '2020-03-10T12:00:00Z\n',
      '٢٠٢٠-03-10T12:00:00Z',
      '1583841600',
    ],
  }
  for (const [what, texts] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      for (const text of texts) assert.equal(parseInstant(text), undefined, text)
    })
  }

  it('looks at 64 characters at most', () => {
    const ofLength = (length: number) => `2020-03-10T12:00:00.${'1'.repeat(length - 21)}Z`
    assert.equal(ofLength(64).length, 64)
    assert.equal(parseInstant(ofLength(64)), NOON + 111_111)
    assert.equal(parseInstant(ofLength(65)), undefined)
    assert.equal(parseInstant(ofLength(1_000_000)), undefined)
  })

  it('gives a whole number in range or undefined for any text', () => {
    const nearly = fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/)
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string()), (text) => {
        const at = parseInstant(text)
        if (at !== undefined) assert.ok(Number.isSafeInteger(at) && at >= EARLIEST && at <= LATEST, text)
      }),
    )
  })

  it('gives nothing for what differs from a time by a character that is no digit', () => {
    const canonical = '2020-03-10T12:34:56.123456Z'
    for (let at = 0; at < canonical.length; at += 1) {
      if (!/\d/.test(canonical[at] as string)) continue
      for (const character of ['x', ' ', '-', '+', '.', ':', '/', '\u0660', '\u0130', '']) {
        // A fraction may have any number of digits.
        if (character === '' && at >= 20) continue
        const text = canonical.slice(0, at) + character + canonical.slice(at + 1)
        assert.equal(parseInstant(text), undefined, text)
      }
    }
  })
})

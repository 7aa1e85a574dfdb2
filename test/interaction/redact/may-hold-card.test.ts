import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MIN_DIGITS } from '../../../src/interaction/redact/card-number.ts'
import { CardScan } from '../../../src/interaction/redact/cards.ts'
import { mayHoldCard } from '../../../src/interaction/redact/may-hold-card.ts'
import { findsIn } from '../../../src/interaction/redact/units.ts'

const mayHold = (text: string) => findsIn(text, mayHoldCard)

/** With right check digits, of 16, 15, 14 and 13. */
const CARDS = ['4111111111111111', '5555555555554444', '378282246310005', '30569309025904', '4222222222222']
const NAMES: readonly string[][] = [
  ['zero', 'oh', 'o', 'null'],
  ['one', 'uno', 'um', 'eins'],
  ['two', 'dos', 'deux', 'zwo'],
  ['three', 'tres', 'drei'],
  ['four', 'cuatro', 'vier'],
  ['five', 'cinq', 'fünf'],
  ['six', 'seis', 'meia'],
  ['seven', 'siete', 'sieben'],
  ['eight', 'oito', 'huit'],
  ['nine', 'nueve', 'neun'],
]
const BY_WORDS = [' ', ', ', '. ', ' - ', '.', '-']
const TWICE = ['double', 'doppelt', 'duplo']
const BY_DIGITS = [' ', '-', ' - ', ', ', '  ', '\u2013', '\u00a0', '\u200b', '\u00ad', '\uff0d']

interface Cut {
  length: number
  spoken: number
  by: number
}

/** The card as it is written where its groups are cut like this. */
function written(card: string, cuts: Cut[]): string {
  let text = ''
  let wasWord = false
  for (let at = 0, index = 0; at < card.length; index += 1) {
    const { length, spoken, by } = cuts[index % cuts.length] as Cut
    const digits = card.slice(at, at + length)
    const words = spoken < 0 ? undefined : wordsOf(digits, spoken)
    const choices = wasWord || words !== undefined ? BY_WORDS : BY_DIGITS
    text += (at === 0 ? '' : choices[by % choices.length]) + (words ?? digits)
    wasWord = words !== undefined
    at += length
  }
  return text
}

/** One digit, or one that stands twice, in words. */
function wordsOf(digits: string, choice: number): string | undefined {
  const names = NAMES[Number(digits[0])] as string[]
  const name = names[choice % names.length]
  if (digits.length === 1) return name
  if (digits.length > 2 || digits[0] !== digits[1]) return undefined
  return `${TWICE[choice % TWICE.length]} ${name}`
}

const cut = fc.record({
  length: fc.integer({ min: 1, max: 6 }),
  spoken: fc.integer({ min: -3, max: 3 }),
  by: fc.nat(9),
})
const around = fc.oneof(
  fc.stringMatching(/^[a-z0-9 ,.:$-]{0,40}$/),
  fc.string({ unit: 'binary', maxLength: 30 }),
)

describe('the first look at a text', () => {
  test('passes over no card, however it is cut and wherever it stands', () => {
    let held = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...CARDS),
        fc.array(cut, { minLength: 1, maxLength: 8 }),
        around,
        around,
        (card, cuts, before, after) => {
          const text = `${before}; ${written(card, cuts)}; ${after}`
          const { spans } = new CardScan(text)
          if (spans.length > 0) held += 1
          assert.ok(spans.length === 0 || mayHold(text), text)
        },
      ),
      { numRuns: 20_000 },
    )
    // Else nothing would be shown.
    assert.ok(held > 10_000, `${held}`)
  })

  test('passes over a card at no place', () => {
    for (const card of [
      '4222222222222',
      '4111 1111 1111 1111',
      'double 4 double 4 double 4 double 4 double 4 double 4 one',
    ]) {
      for (let before = 0; before < 60; before += 1) {
        assert.ok(mayHold(`${'x'.repeat(before)} ${card}`), `${before}: ${card}`)
        assert.ok(mayHold(`${card}${' y'.repeat(before)}`), `${before}: ${card}`)
      }
    }
  })

  test('passes over times, amounts, dates and the numbers of orders and telephones', () => {
    for (const text of [
      'see you at 10:30, or 2026-11-29 at the latest',
      'that makes 1,250.00 and 37.50 for the delivery of 4',
      'order 4111111111, then 20 more',
      'call +1 555 123 4567',
      'one or two of them, or four',
      `${'1.'.repeat(30)}0`,
      'ids such as 3f2a41b1-11c1-4e11-9111-2d1a',
      '',
    ]) {
      assert.ok(!mayHold(text), text)
    }
  })

  test('takes what stood there before for no part of a text', () => {
    assert.ok(mayHold('4'.repeat(40)))
    assert.ok(!mayHold(`${'x'.repeat(MIN_DIGITS - 3)}444`))
    for (let length = 0; length < MIN_DIGITS; length += 1)
      assert.ok(!mayHold('4'.repeat(length)), `${length}`)
  })

  test('takes a text that is too long to be copied for one that holds something', () => {
    const most = 64 * 1024
    assert.ok(!mayHold('x'.repeat(most)))
    assert.ok(mayHold(`${'x'.repeat(most - 16)}4111111111111111`))
    assert.ok(mayHold('x'.repeat(most + 1)))
  })
})

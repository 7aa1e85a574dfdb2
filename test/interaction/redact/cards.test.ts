import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CardScan, findCards } from '../../../src/interaction/redact/cards.ts'
import { replaceSpans } from '../../../src/interaction/redact/span.ts'

const found = (text: string) => replaceSpans(text, findCards(text), '#')

/** Digits with the check digit that makes them valid. */
function valid(digits: string): string {
  let sum = 0
  for (const [index, digit] of [...digits].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return digits + ((10 - (sum % 10)) % 10)
}

describe('cards in digits', () => {
  const numbers = ['4111111111111111', '5555555555554444', '378282246310005', '30569309025904']
  for (const number of [...numbers, '6011111111111117', '3530111333300000', valid('622202123456789012')]) {
    test(`${number} is one, and with another check digit is none`, () => {
      assert.equal(found(`it is ${number}, thanks`), 'it is #, thanks')
      const wrong = number.slice(0, -1) + ((Number(number.at(-1)) + 1) % 10)
      assert.equal(found(wrong), wrong)
    })
  }

  const separators = [
    ' ',
    '-',
    ' - ',
    ', ',
    '  ',
    '\u00a0',
    '\u2009',
    '\u200b',
    '\u2010',
    '\u2013',
    '\u2212',
    '\u00ad',
  ]
  for (const by of separators) {
    test(`groups with ${JSON.stringify(by)} between`, () => {
      assert.equal(found(`card ${['4111', '1111', '1111', '1111'].join(by)}.`), 'card #.')
      assert.equal(found([...'4111111111111111'].join(by)), '#')
    })
  }

  for (const by of ['/', '.', '\n', ',', ' and ', '    ']) {
    test(`not with ${JSON.stringify(by)} between`, () => {
      const text = ['4111', '1111', '1111', '1111'].join(by)
      assert.equal(found(text), text)
    })
  }

  test('digits of other scripts', () => {
    assert.equal(found('４１１１ １１１１ １１１１ １１１１'), '#')
    assert.equal(found('٤١١١١١١١١١١١١١١١'), '#')
  })

  test('too few, too many, and other beginnings', () => {
    for (const text of [
      valid('41111111111'),
      valid('4111111111111111111'),
      valid('1700000000000'),
      valid('911111111111111'),
    ]) {
      assert.equal(found(text), text)
    }
  })

  test('not inside longer rows of digits, ids and decimals', () => {
    const card = '4111111111111111'
    for (const text of [
      `0000${card}`,
      `${card}0000`,
      `0.${card}`,
      `3f${card}`,
      `${card}ab-c`,
      `x${card}`,
      `${card}z`,
    ]) {
      assert.equal(found(text), text)
    }
    assert.equal(found(`card${card}exp`), 'card#exp')
    assert.equal(found(`*${card}*_${card}_`), '*#*_#_')
  })

  test('beside other numbers', () => {
    assert.equal(found('4111 1111 1111 1111 123'), '# 123')
    assert.equal(found('order 20 4111 1111 1111 1111 12/27'), 'order 20 # 12/27')
    assert.equal(found('4111111111111111 5555555555554444'), '# #')
    assert.equal(found('3782 822463 10005 1234'), '# 1234')
    const rare = valid('400000000000').replace(/(\d{4})/g, '$1 ')
    assert.equal(found(`${rare} 5555555555554444 ${rare}`), '# # #')
  })
})

describe('cards in words', () => {
  const spoken: Record<string, string> = {
    English: 'four one one one one one one one one one one one one one one one',
    Spanish: 'cuatro uno uno uno uno uno uno uno uno uno uno uno uno uno uno uno',
    Portuguese: 'quatro um um um um um um um um um um um um um um um',
    French: 'quatre un un un un un un un un un un un un un un un',
    German: 'vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins',
    'with accents': 'cinq cinq zéro zéro zéro zéro cinco cinco fünf fünf cinq cinq cinq cinq cinq nine',
    doubled:
      'double five double five double five double five double five double five double four double four',
    'doubled in German':
      'vier eins doppelt eins doppelt eins doppelt eins doppelt eins doppelt eins doppelt eins doppelt eins',
    tripled: 'four triple one triple one triple one triple one triple one',
    'with commas': 'four, one, one, one, one, one, one, one, one, one, one, one, one, one, one, one',
    'with points': 'Four. One. One. One. One. One. One. One. One. One. One. One. One. One. One. One',
    'words and digits': '4 one 1 one 1111 one one one one 1 1 1 1',
    'doubled digits': 'double 5 double 5 double 5 double 5 double 5 double 5 double 4 double 4',
    'with oh': 'five five oh oh oh oh five five five five five five five five five nine',
  }
  for (const [name, words] of Object.entries(spoken)) {
    test(name, () => assert.equal(found(`It is ${words}, okay?`), 'It is #, okay?'))
  }

  test('with another digit it is none', () => {
    const wrong = `${spoken.English} `.replace(/one $/, 'two')
    assert.equal(found(wrong), wrong)
  })

  test('words that only begin like numbers are none', () => {
    const text = (spoken.English as string).replaceAll('one', 'ones')
    assert.equal(found(text), text)
  })

  test('the first look at a text misses no row of words, wherever it stands', () => {
    const word = fc.constantFrom('o', 'um', 'seis', 'triple o', 'zwei', 'double one', 'quatro', 'nine')
    const other = fc.stringMatching(/^[a-z ]{0,60}$/)
    const gap = fc.constantFrom(' ', ', ', ' - ')
    fc.assert(
      fc.property(
        other,
        fc.array(word, { minLength: 13, maxLength: 20 }),
        gap,
        other,
        (before, words, by, after) => {
          const text = `${before} ${words.join(by)} ${after}`
          assert.deepEqual(findCards(text), new CardScan(text).spans)
        },
      ),
    )
  })
})

describe('in a very long run', () => {
  // 7 begins no card, so what stands before one makes no difference, wherever the run is cut to be looked at.
  const spoken = [...'4111111111111111'].join(' ')
  for (const [name, card] of Object.entries({ whole: '4111 1111 1111 1111', 'digit by digit': spoken })) {
    test(`a card is found at any place, ${name}`, () => {
      for (let before = 480; before <= 530; before += 1) {
        const text = `${'7 '.repeat(before)}${card}${' 7'.repeat(40)}`
        assert.equal(found(text), `${'7 '.repeat(before)}#${' 7'.repeat(40)}`, `${before}`)
      }
    })
  }

  test('what is no card by itself does not become one where the run is cut', () => {
    // Alone, these are a card of nineteen digits; behind others they are part of a longer row.
    const alone = valid('400000000000000001')
    for (let before = 480; before <= 530; before += 1) {
      const text = `${'7 '.repeat(before)}${[...alone].join(' ')}`
      assert.equal(found(text), text, `${before}`)
    }
  })
})

describe('the work', () => {
  const size = 1024 * 1024
  const hostile: Record<string, string> = {
    'one row of digits': '4'.repeat(size),
    'rows of nineteen': '4444444444444444444 '.repeat(size / 20),
    'single digits': '4 '.repeat(size / 2),
    'nothing but cards': '4111111111111111 '.repeat(size / 17),
    words: 'four '.repeat(size / 5),
    doubles: 'double '.repeat(size / 7),
    'ids that are none': '4a'.repeat(size / 2),
  }
  for (const [name, text] of Object.entries(hostile)) {
    test(`grows with the text only: ${name}`, () => {
      const steps = new CardScan(text).steps
      assert.ok(steps <= 4 * text.length, `${steps} steps for ${text.length} characters`)
    })
  }

  test('is counted', () => {
    assert.ok(new CardScan('4 '.repeat(100)).steps > 100)
  })
})

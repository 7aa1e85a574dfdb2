import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dateName, dayName, fullDay, instant, notSunday, onDay, workday } from '../../src/sample/calendar.ts'
import { createRandom } from '../../src/sample/random.ts'
import { after, casually, halves, hesitantly, money, spin } from '../../src/sample/wording.ts'

describe('a line with alternatives', () => {
  test('gives each of them, nested ones too', () => {
    const random = createRandom('spin')
    const seen = new Set(Array.from({ length: 200 }, () => spin(random, '{Hi|Hello{ there|}}, {Ana}.')))
    assert.deepEqual([...seen].sort(), ['Hello there, Ana.', 'Hello, Ana.', 'Hi, Ana.'])
  })

  test('is refused where a brace is left open', () => {
    assert.throws(() => spin(createRandom('spin'), 'Hello {there.'), TypeError)
  })
})

describe('a line as people say it', () => {
  test('after an opening, without its capital', () => {
    assert.equal(after('Yes', 'The box was open.'), 'Yes, the box was open.')
    assert.equal(after('Yes', "I'm at home."), "Yes, I'm at home.")
    assert.equal(after('Yes', 'TV and phone are off.'), 'Yes, TV and phone are off.')
    assert.equal(after('Actually', 'Is it open?'), 'Actually, is it open?')
  })

  test('cut in two at the end of a sentence', () => {
    assert.deepEqual(halves('It is late. Where is it?'), ['It is late.', 'Where is it?'])
    assert.equal(halves('It costs $4.50 a month'), undefined)
  })

  test('hesitating only where that can be said', () => {
    const random = createRandom('um')
    assert.match(hesitantly(random, 'My bill is wrong.'), /, my bill is wrong\.$/)
    assert.equal(hesitantly(random, 'Thank you.'), 'Thank you.')
  })

  test('typed in a hurry, names and acronyms kept', () => {
    const typed = casually(createRandom('casual'), 'It is late. Will I get it, Maya? TV is off.')
    assert.match(typed, /^it is late\. will i get it, Maya\? TV is off$/)
    assert.equal(
      casually(createRandom('casual'), 'Anthony Marsh, 239 Larch Avenue.'),
      'Anthony Marsh, 239 Larch Avenue',
    )
  })

  test('with amounts as each language writes them', () => {
    assert.equal(money(1204.5, 'en'), '$1,204.50')
    assert.equal(money(89, 'en'), '$89')
    assert.equal(money(1204.5, 'de'), '1.204,50 €')
  })
})

describe('days as people name them', () => {
  const friday = Date.UTC(2025, 2, 7)

  test('near ones by name, far ones by date', () => {
    assert.equal(dayName('en', friday, -1), 'yesterday')
    assert.equal(onDay('en', friday, 3), 'on Monday')
    assert.equal(onDay('en', friday, 10), 'on March 17')
    assert.equal(fullDay('en', friday, 3), 'Monday, March 10')
    assert.equal(dateName('fr', friday, 25), '1er avril')
    assert.equal(onDay('pt', friday, 1), 'amanhã')
    assert.equal(fullDay('de', friday, 3), 'Montag, den 10. März')
  })

  test('never a Sunday for deliveries, nor a weekend for visits', () => {
    assert.equal(notSunday(friday, 2), 3)
    assert.equal(notSunday(friday, -5), -6)
    assert.equal(notSunday(friday, 1), 1)
    assert.equal(workday(friday, 1), 3)
    assert.equal(workday(friday, 2), 3)
    assert.equal(workday(friday, 3), 3)
  })

  test('instants with six digits', () => {
    assert.equal(instant(friday * 1000 + 7), '2025-03-07T00:00:00.000007Z')
    assert.equal(instant(friday * 1000 + 1_999_999), '2025-03-07T00:00:01.999999Z')
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digitsSpoken, isWithinNumberWord, numberWord } from '../../../src/interaction/redact/digit-words.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** All of up to three letters. */
function* shortWords(): Generator<string> {
  for (const a of LETTERS) {
    yield a
    for (const b of LETTERS) {
      yield a + b
      for (const c of LETTERS) yield a + b + c
    }
  }
}

const unitsOf = (text: string) => Uint16Array.from(text, (character) => character.charCodeAt(0))

test('words are told by their letters as by themselves', () => {
  const long = [
    'four',
    'quatro',
    'nought',
    'seven',
    'DOUBLE',
    'Triple',
    'treble',
    'doppelt',
    'fours',
    'deven',
    'tripel',
    'forty',
  ]
  let found = 0
  for (const word of [...shortWords(), ...long]) {
    const known = numberWord(word, 0, word.length)
    assert.equal(digitsSpoken(unitsOf(word), 0, word.length), known && (known.times ?? 1), word)
    if (known === undefined) continue
    found += 1
    const units = unitsOf(` ${word},`)
    for (let at = 1; at <= word.length; at += 1) assert.ok(isWithinNumberWord(units, at), `${word} ${at}`)
  }
  assert.equal(found, 22)
})

test('of other words most letters show that they are none', () => {
  const text = ' please tell me whether somebody has taken my parcel from the doorstep '
  const units = unitsOf(text)
  const letters = Array.from(text, (_, at) => at).filter((at) => /\w/.test(text[at] as string))
  const within = letters.filter((at) => isWithinNumberWord(units, at))
  assert.ok(within.length < letters.length / 2, `${within.length} of ${letters.length}`)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Word } from '../../../src/interaction/canonical/word.ts'

function isAt(word: string, text: string, at: number): boolean {
  const bytes = Buffer.from(text)
  // Of a buffer that others lie in, as chunks of a body may.
  const within = Buffer.concat([Buffer.from('"id":'), bytes, Buffer.from('"id":')]).subarray(
    5,
    5 + bytes.length,
  )
  const view = new DataView(within.buffer, within.byteOffset, within.length)
  return new Word(word).isAt(view, within.length, at)
}

describe('a word', () => {
  for (let length = 4; length <= 13; length += 1) {
    const word = 'abcdefghijklm'.slice(0, length)
    test(`of ${length} bytes is found where it is, and not where one byte differs`, () => {
      for (let before = 0; before < 6; before += 1) {
        const text = `${'-'.repeat(before)}${word}-`
        for (let at = 0; at < text.length; at += 1) assert.equal(isAt(word, text, at), at === before)
        for (let at = 0; at < length; at += 1) {
          const other = `${text.slice(0, before + at)}?${text.slice(before + at + 1)}`
          assert.equal(isAt(word, other, before), false, other)
        }
      }
    })
  }

  test('is looked for no further than the bytes go', () => {
    assert.equal(isAt('"id":', '', 0), false)
    assert.equal(isAt('"id":', '"id"', 0), false)
    assert.equal(isAt('"id":', '-"id":', 1), true)
    assert.equal(isAt('"id":', '"id":', 1), false)
    assert.equal(isAt('"id":', '"id":', 5), false)
  })

  test('of fewer than four bytes cannot be made', () => {
    assert.throws(() => new Word('abc'), RangeError)
  })
})

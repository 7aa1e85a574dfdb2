import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseLossless } from '../../src/interaction/lossless.ts'

describe('parsing without loss', () => {
  const texts = [
    '1.0',
    '-0',
    '-0.0',
    '1E5',
    '1e+5',
    '1e400',
    '-1e400',
    '1e-400',
    '12345678901234567890',
    '9007199254740993',
    '0.1000',
    '3.14159265358979323846',
    '[1.0,{"a":2.50,"b":[3.0]}]',
    '{"__proto__":1.0,"constructor":2.0}',
    '"1.0"',
    'null',
    'true',
    '{}',
    '[]',
  ]
  for (const text of texts) {
    it(`writes ${text} back`, () => assert.equal(JSON.stringify(parseLossless(text)), text))
  }

  it('gives plain numbers where nothing is lost', () => {
    assert.deepEqual(
      parseLossless('[0,1,-1,1.5,1e+21,9007199254740991]'),
      [0, 1, -1, 1.5, 1e21, 9007199254740991],
    )
  })

  it('gives a `__proto__` of its own', () => {
    const value = parseLossless('{"__proto__":{"a":1.0}}') as object
    assert.deepEqual(Object.keys(value), ['__proto__'])
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
  })

  it('takes the last of a repeated name, as JSON.parse does', () => {
    assert.equal(JSON.stringify(parseLossless('{"a":1.0,"a":2.0}')), '{"a":2.0}')
  })

  it('throws SyntaxError for what is no JSON', () => {
    for (const text of ['', '{', '01', '1.', '{"a":1.0,}', "{'a':1}"]) {
      assert.throws(() => parseLossless(text), SyntaxError, text)
    }
  })
})

describe('the lossless value of any text', () => {
  it('is written back with every number as it stood', () => {
    const number = fc.stringMatching(/^-?(0|[1-9]\d{0,24})(\.\d{1,12})?([eE][+-]?\d{1,3})?$/)
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), (numbers) => {
        const text = `{"a":[${numbers.join()}],"b":${numbers[0]}}`
        assert.equal(JSON.stringify(parseLossless(text)), text)
      }),
      { numRuns: 300 },
    )
  })

  it('is JSON.parse’s for numbers that JavaScript writes alike', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        assert.deepEqual(parseLossless(text), JSON.parse(text))
      }),
    )
  })
})

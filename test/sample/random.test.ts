import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRandom } from '../../src/sample/random.ts'

describe('a stream of random values', () => {
  test('is a function of its key', () => {
    assert.equal(createRandom('parlance', 1).hex(32), createRandom('parlance', 1).hex(32))
    assert.notEqual(createRandom('parlance', 1).hex(32), createRandom('parlance', 2).hex(32))
    assert.notEqual(createRandom('ab', 'c').hex(32), createRandom('a', 'bc').hex(32))
  })

  test('is the same on every machine and in every release', () => {
    assert.equal(createRandom('parlance', 'demo', 20_000).hex(32), 'db48e7b3f954d17af44c63b3f2262584')
  })

  test('spreads evenly', () => {
    const random = createRandom('even')
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 20_000; i++) {
      const value = random.next()
      assert.ok(value >= 0 && value < 1)
      const bin = Math.floor(value * 10)
      counts[bin] = (counts[bin] ?? 0) + 1
    }
    for (const count of counts) assert.ok(count > 1850 && count < 2150, counts.join(' '))
  })

  test('starts anywhere, also for keys that differ in one character', () => {
    const starts = Array.from({ length: 1000 }, (_, index) => createRandom('conversation', index).next())
    const mean = starts.reduce((sum, it) => sum + it, 0) / starts.length
    assert.ok(mean > 0.46 && mean < 0.54, `${mean}`)
    assert.equal(new Set(starts).size, starts.length)
  })

  test('draws whole numbers up to both bounds', () => {
    const random = createRandom('bounds')
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(3, 6)))
    assert.deepEqual([...drawn].sort(), [3, 4, 5, 6])
  })

  test('draws by weight', () => {
    const random = createRandom('weights')
    const list = [
      { name: 'never', weight: 0 },
      { name: 'seldom', weight: 1 },
      { name: 'often', weight: 9 },
    ]
    const drawn = Array.from({ length: 2000 }, () => random.weighted(list, (it) => it.weight).name)
    const seldom = drawn.filter((it) => it === 'seldom').length
    assert.ok(!drawn.includes('never'))
    assert.ok(seldom > 140 && seldom < 260, `${seldom}`)
  })

  test('makes UUIDs of version 4', () => {
    const random = createRandom('uuid')
    for (let i = 0; i < 100; i++) {
      assert.match(random.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
  })
})

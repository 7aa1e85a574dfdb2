import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateBlock } from '../../src/interaction/block.ts'
import { freeBytes } from '../../src/interaction/bytes.ts'
import { plainPage } from '../../src/interaction/page.ts'

test('bytes of their own are given back', () => {
  const page = plainPage([deflateBlock(Buffer.from('{"id":"a"}'.repeat(5000)))], { self: 'http://localhost' })
  for (const bytes of [new Uint8Array(10), Buffer.alloc(100_000), page]) {
    freeBytes(bytes)
    assert.equal(bytes.length, 0)
    freeBytes(bytes)
  }
})

test('bytes of a pool stay, and so do their neighbours', () => {
  for (const size of [1, 100, 1000, Math.floor(Buffer.poolSize / 2) - 1]) {
    const neighbours = Array.from({ length: 20 }, () => Buffer.from('x'.repeat(size)))
    for (const each of neighbours) freeBytes(each)
    for (const each of neighbours) assert.equal(each.toString(), 'x'.repeat(size))
  }
})

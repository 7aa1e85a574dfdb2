import assert from 'node:assert/strict'
import { createCipheriv, createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { blockCipher, counterMode, mac, macKey } from '../../src/interaction/primitives.ts'

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })

test('mac is HMAC-SHA-256', () => {
  const parts = fc.array(bytes(0, 200), { maxLength: 4 })
  fc.assert(
    fc.property(bytes(1, 64), parts, (secret, message) => {
      const hmac = createHmac('sha256', secret)
      for (const part of message) hmac.update(part)
      assert.deepEqual(mac(macKey(secret), message), hmac.digest())
    }),
    { numRuns: 500 },
  )
  assert.throws(() => macKey(new Uint8Array(65)), RangeError)
})

test('counterMode is AES-256-CTR, also where the counter carries over, and its own inverse', () => {
  // Most random counters end far from a carry, so some end in ones.
  const counter = fc
    .tuple(bytes(16, 16), fc.integer({ min: 0, max: 16 }))
    .map(([digits, ones]) => digits.fill(0xff, 16 - ones))
  fc.assert(
    fc.property(bytes(32, 32), counter, bytes(0, 300), (secret, first, text) => {
      const cipher = blockCipher(secret)
      const ctr = createCipheriv('aes-256-ctr', secret, first)
      const sealed = counterMode(cipher, first, text)
      assert.deepEqual(sealed, Buffer.concat([ctr.update(text), ctr.final()]))
      assert.deepEqual(counterMode(cipher, first, sealed), Buffer.from(text))
    }),
    { numRuns: 500 },
  )
})

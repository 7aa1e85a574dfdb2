import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MessageParser } from '../../../../src/store/postgres/wire/parser.ts'
import { messageOf } from './messages.ts'

/** Pushes a stream in pieces that all come in the same memory, and gives what was told. */
function parsed(stream: Buffer, cuts: readonly number[]): [letter: string, body: Buffer][] {
  const told: [string, Buffer][] = []
  const parser = new MessageParser((letter, bytes, from, to) => {
    told.push([String.fromCharCode(letter), Buffer.from(bytes.subarray(from, to))])
  })
  const memory = Buffer.alloc(Math.max(...cuts))
  for (let at = 0, turn = 0; at < stream.length; turn += 1) {
    const length = stream.copy(memory, 0, at, at + (cuts[turn % cuts.length] as number))
    parser.push(memory, length)
    at += length
    memory.fill(0xee)
  }
  return told
}

const LARGE = 200_000
const messages = fc.array(
  fc.tuple(
    fc.constantFrom('D', 'C', 'Z', 'E', '2'),
    fc.oneof(
      { weight: 9, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 60_000, max: LARGE }).map((length) => Buffer.alloc(length, length)),
      },
    ),
  ),
  { maxLength: 8 },
)

test('messages are told as they were sent, however they are cut into pieces, in memory that is used again', () => {
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: LARGE })), {
        minLength: 1,
        maxLength: 40,
      }),
      (sent, cuts) => {
        const stream = Buffer.concat(sent.map(([letter, body]) => messageOf(letter, body)))
        assert.deepEqual(parsed(stream, cuts), sent)
      },
    ),
  )
})

test('a stream that comes byte by byte is understood', () => {
  const sent: [string, Buffer][] = [
    ['S', Buffer.from('TimeZone\0UTC\0')],
    ['D', Buffer.from([0, 255])],
    ['Z', Buffer.alloc(0)],
  ]
  const stream = Buffer.concat(sent.map(([letter, body]) => messageOf(letter, body)))
  assert.deepEqual(parsed(stream, [1]), sent)
})

test('what is told of a message that comes at once is not copied', () => {
  const chunk = messageOf('D', Buffer.from('row'))
  let told: Buffer | undefined
  new MessageParser((_letter, bytes) => {
    told = bytes
  }).push(chunk)
  assert.equal(told, chunk)
})

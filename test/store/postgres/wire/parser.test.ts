import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { freeRows } from '../../../../src/store/postgres/interactions/free.ts'
import { MessageParser } from '../../../../src/store/postgres/wire/parser.ts'
import type { Column, Row } from '../../../../src/store/postgres/wire/row.ts'

function messageOf(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(letter)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function dataRow(values: (Buffer | null)[]): Buffer {
  const parts = values.flatMap((value) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(value?.length ?? -1)
    return value === null ? [length] : [length, value]
  })
  const count = Buffer.alloc(2)
  count.writeInt16BE(values.length)
  return messageOf('D', Buffer.concat([count, ...parts]))
}

const value = fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)))
const rows = fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 8 })

test('rows come as the bytes that were sent, however they are cut into pieces, and stay what they are', () => {
  fc.assert(
    fc.property(
      rows,
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 }),
      (sent, cuts) => {
        const complete = messageOf('C', Buffer.from('SELECT 5\0'))
        const stream = Buffer.concat([...sent.map(dataRow), complete])
        const parser = new MessageParser(true)
        const got: Column[][] = []
        const ends: unknown[] = []
        let at = 0
        for (let turn = 0; at < stream.length; turn += 1) {
          const piece = Buffer.from(stream.subarray(at, at + (cuts[turn % cuts.length] as number)))
          at += piece.length
          parser.push(piece, (message) => {
            if (message.name === 'dataRow') got.push([...(message as unknown as { fields: Row }).fields])
            else ends.push((message as unknown as { text: string }).text)
          })
        }
        assert.deepEqual(got, sent)
        assert.deepEqual(ends, ['SELECT 5'])
      },
    ),
  )
})

test('a stream that comes byte by byte is understood', () => {
  const sent = [[Buffer.from('one'), null, Buffer.alloc(0)], [Buffer.from([0, 255])]]
  const parser = new MessageParser(true)
  const got: unknown[] = []
  for (const byte of Buffer.concat(sent.map(dataRow))) {
    parser.push(Buffer.from([byte]), (message) =>
      got.push([...(message as unknown as { fields: Row }).fields]),
    )
  }
  assert.deepEqual(got, sent)
})

test('what begins behind the last row is read though the memory of the rows was given back', () => {
  const parser = new MessageParser(true)
  const parameter = messageOf('S', Buffer.from('TimeZone\0UTC\0'))
  const bytes = Buffer.concat([dataRow([Buffer.from('one')]), messageOf('Z', Buffer.from('I')), parameter])
  const cut = bytes.length - 6
  const chunk = Buffer.allocUnsafeSlow(cut)
  bytes.copy(chunk)
  const got: unknown[] = []
  const tell = (message: { name: string }) => {
    if (message.name === 'dataRow') freed.push((message as unknown as { fields: Row }).fields)
    else got.push({ ...message })
  }
  const freed: Row[] = []
  parser.push(chunk, tell)
  freeRows(freed)
  assert.equal(chunk.length, 0)
  parser.push(Buffer.from(bytes.subarray(cut)), tell)
  const [, status] = got as { name: string; parameterName: string; parameterValue: string }[]
  assert.deepEqual(
    [got.length, status?.name, status?.parameterName, status?.parameterValue],
    [2, 'parameterStatus', 'TimeZone', 'UTC'],
  )
})

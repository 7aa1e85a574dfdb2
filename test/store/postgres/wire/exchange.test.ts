import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { freeRows } from '../../../../src/store/postgres/interactions/free.ts'
import type { Statement } from '../../../../src/store/postgres/wire/encode.ts'
import { Exchange } from '../../../../src/store/postgres/wire/exchange.ts'
import { MessageParser } from '../../../../src/store/postgres/wire/parser.ts'
import type { Column } from '../../../../src/store/postgres/wire/row.ts'
import { dataRow, messageOf } from './messages.ts'

const ANY: Statement = { text: 'SELECT', values: [] }

/** Answers to statements, and what no part of them was. */
function answered(exchange: Exchange, stream: Buffer): string {
  let other = ''
  const memory = Buffer.from(stream)
  new MessageParser((letter, bytes, from, to) => {
    if (!exchange.take(letter, bytes, from, to)) other += String.fromCharCode(letter)
  }).push(memory)
  // A connection receives the next thing where it received this.
  memory.fill(0xee)
  return other
}

const complete = (text: string) => messageOf('C', Buffer.from(`${text}\0`))
const READY = messageOf('Z', Buffer.from('I'))

const value = fc.option(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)))
const rows = fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 20 })

test('rows stay as they were sent, each with its statement', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { maxLength: 4 }), async (sent) => {
      const exchange = new Exchange(sent.map(() => ANY))
      const answers = sent.flatMap((each) => [
        messageOf('2', Buffer.alloc(0)),
        ...each.map(dataRow),
        complete(`SELECT ${each.length}`),
      ])
      assert.equal(answered(exchange, Buffer.concat([...answers, READY])), '')
      const results = await exchange.results
      assert.deepEqual(
        results.map((each) => each.rows.map((row): Column[] => [...row])),
        sent,
      )
      assert.deepEqual(
        results.map(({ count }) => count),
        sent.map(({ length }) => length),
      )
    }),
  )
})

test('a statement’s own reader takes its rows, and those of the others are kept', async () => {
  const read: string[] = []
  const own: Statement = {
    ...ANY,
    reader: () => ({ take: (bytes, from, to) => read.push(bytes.toString('latin1', from + 2 + 4, to)) }),
  }
  const exchange = new Exchange([own, ANY, own])
  const row = (text: string) => [dataRow([Buffer.from(text)]), complete('SELECT 1')]
  answered(exchange, Buffer.concat([...row('one'), ...row('two'), ...row('three'), READY]))
  const results = await exchange.results
  assert.deepEqual(read, ['one', 'three'])
  assert.deepEqual(
    results.map((each) => each.rows.map((row) => row.column(0)?.toString())),
    [[], ['two'], []],
  )
})

test('a statement that is run again has another reader, also where no row comes then', async () => {
  let made = 0
  const reader = () => {
    made += 1
    return { take() {} }
  }
  for (const rows of [[dataRow([null])], []]) {
    answered(new Exchange([{ ...ANY, reader }]), Buffer.concat([...rows, complete('SELECT'), READY]))
  }
  assert.equal(made, 2)
})

test('what a reader throws is the exchange’s, which is read to its end', async () => {
  let taken = 0
  const own: Statement = {
    ...ANY,
    reader: () => ({
      take() {
        taken += 1
        throw new TypeError('no bigint')
      },
    }),
  }
  const exchange = new Exchange([own])
  const many = [dataRow([null]), dataRow([null]), complete('SELECT 2')]
  answered(exchange, Buffer.concat(many))
  assert.equal(exchange.ended, false)
  answered(exchange, READY)
  assert.equal(exchange.ended, true)
  await assert.rejects(exchange.results, /no bigint/)
  assert.equal(taken, 1)
})

test('an exchange that was refused ends when the server is ready, or gone, with what the server said', async () => {
  for (const end of [
    (exchange: Exchange) => answered(exchange, READY),
    (exchange: Exchange) => exchange.fail(new Error('gone')),
  ]) {
    const exchange = new Exchange([ANY])
    assert.equal(answered(exchange, messageOf('E', Buffer.from('\0'))), 'E')
    exchange.refuse(new Error('refused'))
    assert.equal(exchange.ended, false)
    end(exchange)
    assert.equal(exchange.ended, true)
    await assert.rejects(exchange.results, /refused/)
  }
})

test('the rows that were written are counted whatever the statement', async () => {
  const texts = ['INSERT 0 500', 'UPDATE 12', 'COMMIT', 'DELETE 0']
  const exchange = new Exchange(texts.map(() => ANY))
  answered(exchange, Buffer.concat([...texts.map(complete), READY]))
  assert.deepEqual(
    (await exchange.results).map(({ count }) => count),
    [500, 12, 0, 0],
  )
})

test('what others tell meanwhile is no answer', () => {
  const exchange = new Exchange([ANY])
  const others = ['N', 'S', 'A'].map((letter) => messageOf(letter, Buffer.from('x\0y\0')))
  assert.equal(answered(exchange, Buffer.concat([...others, complete('SELECT 0')])), 'NSA')
})

test('the memory of large rows can be given back, and that of small ones is left alone', async () => {
  const large = Buffer.alloc(100_000, 7)
  const exchange = new Exchange([ANY, ANY])
  const sent = [
    dataRow([Buffer.from('small')]),
    complete('SELECT 1'),
    dataRow([large]),
    complete('SELECT 1'),
    READY,
  ]
  answered(exchange, Buffer.concat(sent))
  const [small, big] = await exchange.results
  freeRows(big?.rows ?? [])
  assert.equal(big?.rows[0]?.memory.length, 0)
  freeRows(small?.rows ?? [])
  assert.equal(small?.rows[0]?.column(0)?.toString(), 'small')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { inTurns } from '../../../src/store/postgres/interactions/turns.ts'

test('one after the other under a name, and different names at once', async () => {
  const turns = inTurns(60_000)
  const first = Promise.withResolvers<string>()
  const began: string[] = []
  const begin = (what: string, result: Promise<string>) => () => {
    began.push(what)
    return result
  }
  const one = turns('a', begin('one', first.promise))
  const two = turns('a', begin('two', Promise.reject(new Error('two failed'))))
  const three = turns('a', begin('three', Promise.resolve('3')))
  assert.equal(await turns('b', begin('other', Promise.resolve('b'))), 'b')
  assert.deepEqual(began, ['one', 'other'])
  first.resolve('1')
  assert.equal(await one, '1')
  await assert.rejects(two, /two failed/)
  assert.equal(await three, '3')
  assert.deepEqual(began, ['one', 'other', 'two', 'three'])
})

test('who has waited for too long behind another is given up, and never begins', async () => {
  const turns = inTurns(20)
  const stuck = Promise.withResolvers<string>()
  const first = turns('a', () => stuck.promise)
  const begun: number[] = []
  const waiting = [1, 2, 3].map((n) => turns('a', async () => begun.push(n)))
  // All of them while the first one still runs, not each after the other's time.
  for (const each of waiting) await assert.rejects(each, StoreUnavailable)
  const other = turns('b', async () => 'b')
  assert.equal(await other, 'b')
  stuck.resolve('1')
  assert.equal(await first, '1')
  assert.equal(await turns('a', async () => 'next'), 'next')
  assert.deepEqual(begun, [])
})

test('who is given its turn is told what is left of its time', async () => {
  const turns = inTurns(60_000)
  const since = performance.now() - 1000
  const first = Promise.withResolvers<void>()
  void turns('a', () => first.promise)
  const until = turns('a', async (until) => until, since)
  first.resolve()
  assert.equal(await until, since + 60_000)
})

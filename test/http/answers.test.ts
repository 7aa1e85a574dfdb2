import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { Answers, MAX_PATIENCE } from '../../src/http/answers.ts'

const MEBIBYTE = 1024 * 1024

test('so many are read at once, and the others in the order in which they came', async () => {
  const answers = new Answers(32 * MEBIBYTE, () => 0)
  const first = await Promise.all(Array.from({ length: 4 }, () => answers.admit(new Socket())))
  const entered: number[] = []
  const waiting = [0, 1, 2].map(async (n) => {
    const answer = await answers.admit(new Socket())
    entered.push(n)
    return answer
  })
  await new Promise(setImmediate)
  assert.deepEqual(entered, [])
  const [one, two] = first
  assert.ok(one && two)
  answers.settle(one, 100)
  // Settling it again, or leaving what has been settled, lets nobody else in.
  answers.settle(one, 100)
  answers.leave(one)
  await new Promise(setImmediate)
  assert.deepEqual(entered, [0])
  answers.leave(two)
  await new Promise(setImmediate)
  assert.deepEqual(entered, [0, 1])
  answers.leave(await (waiting[0] as Promise<never>))
  await Promise.all(waiting)
})

test('who finds no room is told so, and keeps nobody else from going on', async () => {
  const answers = new Answers(MEBIBYTE, () => 0)
  const first = await Promise.all(Array.from({ length: 4 }, () => answers.admit(new Socket())))
  const waiting = [0, 1].map(() => Promise.resolve(answers.admit(new Socket())))
  const outcomes = Promise.allSettled(waiting)
  for (const answer of first) answers.settle(answer, MEBIBYTE / 4)
  assert.deepEqual(
    (await outcomes).map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  for (const answer of first) answers.leave(answer)
  // Everything has been given back.
  for (let n = 0; n < 10; n += 1) answers.leave(await answers.admit(new Socket()))
})

test('who keeps an answer waiting is cut where others need the room, and nobody else', async () => {
  let now = 0
  const answers = new Answers(MEBIBYTE, () => now)
  const [slow, quick] = [new Socket(), new Socket()]
  answers.settle(await answers.admit(slow), MEBIBYTE / 2)
  now = MAX_PATIENCE
  answers.settle(await answers.admit(quick), MEBIBYTE / 2)
  assert.equal(slow.destroyed, false)
  answers.leave(await answers.admit(new Socket()))
  assert.equal(slow.destroyed, true)
  assert.equal(quick.destroyed, false)
})

test('a connection that is gone gets no room', () => {
  const answers = new Answers(MEBIBYTE, () => 0)
  const gone = new Socket()
  gone.destroy()
  assert.throws(() => answers.admit(gone), { name: 'ApiError' })
})

const stays = { cut: () => {}, left: () => false }

test('streams hold half of the room, wait for more in the order in which they came, and leave the rest to pages', async () => {
  const answers = new Answers(2 * MEBIBYTE, () => 0)
  const held = []
  for (let n = 0; n < 4; n += 1) {
    const answer = await answers.admitBatch(stays)
    assert.ok(answer)
    answers.settle(answer, MEBIBYTE / 4)
    held.push(answer)
  }
  const entered: number[] = []
  let left = false
  const waiting = [0, 1, 2].map(async (n) => {
    const answer = await answers.admitBatch({ ...stays, left: () => n === 1 && left })
    entered.push(n)
    if (answer !== undefined) answers.settle(answer, MEBIBYTE / 4)
    return answer
  })
  for (let n = 0; n < 4; n += 1) answers.settle(await answers.admit(new Socket()), MEBIBYTE / 4)
  assert.throws(() => answers.admit(new Socket()), { name: 'ApiError' })
  assert.deepEqual(entered, [])
  for (const answer of held.slice(0, 1)) answers.leave(answer)
  await waiting[0]
  assert.deepEqual(entered, [0])
  left = true
  for (const answer of held.slice(1, 2)) answers.leave(answer)
  assert.equal(await waiting[1], undefined)
  assert.ok(await waiting[2])
  assert.deepEqual(entered, [0, 1, 2])
})

test('a stream that waits is let in once another has kept its batch for too long, which is cut', async () => {
  let now = 0
  const answers = new Answers(MEBIBYTE / 2, () => now)
  let cut = 0
  const slow = await answers.admitBatch({
    ...stays,
    cut: () => {
      cut += 1
    },
  })
  assert.ok(slow)
  answers.settle(slow, MEBIBYTE / 4)
  const waiting = answers.admitBatch(stays)
  await new Promise(setImmediate)
  assert.equal(cut, 0)
  now = MAX_PATIENCE
  assert.ok(await waiting)
  assert.equal(cut, 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as settled } from 'node:timers/promises'
import { Turns } from '../../src/http/turns.ts'

/** Work that is told by its name when it begins, and ends when it is told to. */
function workshop(total: number) {
  const turns = new Turns(total)
  const began: string[] = []
  const ends = new Map<string, () => void>()
  function run(name: string, owner: string, size: number, patience?: number): Promise<void> {
    const work = () => {
      began.push(name)
      return new Promise<void>((resolve) => ends.set(name, resolve))
    }
    return turns.run(owner, size, work, patience, () => new Error(`${name} is late`))
  }
  async function end(name: string): Promise<void> {
    ends.get(name)?.()
    await settled()
  }
  return { run, end, began }
}

test('who has its share running waits, and lets others pass', async () => {
  const { run, end, began } = workshop(10)
  run('a1', 'a', 3)
  run('a2', 'a', 3)
  run('a3', 'a', 1)
  run('b1', 'b', 5)
  assert.deepEqual(began, ['a1', 'a3', 'b1'])
  await end('a1')
  assert.deepEqual(began, ['a1', 'a3', 'b1', 'a2'])
})

test('who waits for room keeps its place', async () => {
  const { run, end, began } = workshop(10)
  run('a', 'a', 5)
  run('b', 'b', 3)
  run('c', 'c', 4)
  run('d', 'd', 1)
  assert.deepEqual(began, ['a', 'b'])
  await end('b')
  assert.deepEqual(began, ['a', 'b', 'c', 'd'])
})

test('what is larger than a share runs as the only one of its owner', async () => {
  const { run, end, began } = workshop(10)
  run('a1', 'a', 100)
  run('a2', 'a', 1)
  run('b1', 'b', 100)
  run('c1', 'c', 1)
  assert.deepEqual(began, ['a1', 'b1'])
  await end('a1')
  assert.deepEqual(began, ['a1', 'b1', 'a2', 'c1'])
})

test('who is late never begins, and those that waited for it do', async () => {
  const { run, end, began } = workshop(10)
  run('a1', 'a', 5)
  run('b1', 'b', 4)
  const late = run('c1', 'c', 2, 20)
  run('d1', 'd', 1)
  await assert.rejects(late, /c1 is late/)
  assert.deepEqual(began, ['a1', 'b1', 'd1'])
  await end('a1')
  await end('b1')
  assert.deepEqual(began, ['a1', 'b1', 'd1'])
})

test('work that fails at once gives its room back', async () => {
  const turns = new Turns(2)
  const fails = () => {
    throw new Error('at once')
  }
  await assert.rejects(turns.run('a', 1, fails), /at once/)
  assert.equal(await turns.run('a', 1, async () => 'next'), 'next')
})

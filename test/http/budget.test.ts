import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteBudget, Room } from '../../src/http/budget.ts'

const MEBIBYTE = 1024 * 1024

test('room is given while there is some, and can be taken again when it was given back', () => {
  const budget = new ByteBudget(100)
  const [one, other] = [new Room(budget), new Room(budget)]
  assert.equal(one.resize(60), true)
  assert.equal(other.resize(41), false)
  assert.equal(other.resize(40), true)
  assert.equal(one.resize(61), false)
  assert.equal(one.held, 60)
  assert.equal(one.resize(10), true)
  assert.equal(other.resize(90), true)
  one.leave()
  other.leave()
  assert.equal(one.resize(100), true)
})

test('it is told when much is held, once, and when it no longer is', () => {
  const told: boolean[] = []
  const budget = new ByteBudget(10 * MEBIBYTE, (much) => told.push(much))
  budget.take(2 * MEBIBYTE)
  assert.deepEqual(told, [])
  budget.take(1)
  budget.take(5 * MEBIBYTE)
  assert.equal(budget.take(10 * MEBIBYTE), false)
  assert.deepEqual(told, [true])
  budget.give(5 * MEBIBYTE)
  assert.deepEqual(told, [true])
  budget.give(1)
  assert.deepEqual(told, [true, false])
})

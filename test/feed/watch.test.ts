import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Watch, watched } from '../../src/feed/watch.ts'
import { draft } from '../store/contract/drafts.ts'
import { openAcme } from '../store/sqlite/support.ts'

const LONG = 60_000
const never = new AbortController().signal

test('what is there already is not waited for', async (t) => {
  const { store } = await openAcme(t)
  await store.writeInteractions('acme', [draft()])
  await new Watch(store).changed('acme', 0, LONG, never)
})

test('a write through the store wakes who waits for it, and only the time wakes the others', async (t) => {
  const { store } = await openAcme(t)
  await store.createAccount({ accountId: 'globex', name: '', createdAt: 1 })
  const watch = new Watch(store)
  const woken: string[] = []
  const wait = async (name: string, accountId: string, after: number, time: number) => {
    await watch.changed(accountId, after, time, never)
    woken.push(name)
  }
  const others = [wait('other account', 'globex', 0, 400), wait('later revision', 'acme', 1, 400)]
  const mine = wait('mine', 'acme', 0, LONG)
  await watched(store, watch).writeInteractions('acme', [draft()])
  await mine
  assert.deepEqual(woken, ['mine'])
  await Promise.all(others)
})

test('every way of changing something wakes, without a look at the store', async (t) => {
  const { store } = await openAcme(t)
  // Looks find nothing new, so that only what is told wakes.
  const watch = new Watch({ getRevision: async () => 0 })
  const told = watched(store, watch)
  const ways: (() => Promise<unknown>)[] = [
    () => told.writeInteractions('acme', [draft({ id: 'a' })]),
    () =>
      told.addMessages('acme', {
        id: 'a',
        patches: ['{"message_id":"m1","intent":"x"}'],
        keepUnknownValues: false,
      }),
    () => told.erase('acme', { erasureId: 'e1', target: { kind: 'interactions', ids: ['a'] }, now: 1 }),
    () => told.erase('acme', { erasureId: 'e2', target: { kind: 'account' }, now: 1 }),
  ]
  for (const [after, change] of ways.entries()) {
    const waiting = watch.changed('acme', after, LONG, never)
    await change()
    await waiting
  }
})

test('a write by others is seen within a moment', async (t) => {
  const { store } = await openAcme(t)
  const watch = new Watch(store)
  const waiting = watch.changed('acme', 0, LONG, never)
  await store.writeInteractions('acme', [draft()])
  await waiting
})

test('who leaves waits no more, and nobody does after the end', async (t) => {
  const { store } = await openAcme(t)
  const watch = new Watch(store)
  const leaving = new AbortController()
  const one = watch.changed('acme', 0, LONG, leaving.signal)
  const other = watch.changed('acme', 0, LONG, never)
  leaving.abort()
  await one
  watch.end()
  await other
  await watch.changed('acme', 0, LONG, never)
  assert.equal(watch.ended, true)
})

test('a store that cannot be reached for a while is looked at again', async (t) => {
  const { store } = await openAcme(t)
  let failures = 0
  const watch = new Watch({
    async getRevision(accountId) {
      failures += 1
      if (failures > 1 && failures < 4) throw new Error('gone for a moment')
      return store.getRevision(accountId)
    },
  })
  const waiting = watch.changed('acme', 0, LONG, never)
  await store.writeInteractions('acme', [draft()])
  await waiting
  assert.ok(failures >= 4)
})

test('who comes while it looks, when all others have left, makes it look no more often', async (t) => {
  const { store } = await openAcme(t)
  const leaving = new AbortController()
  const looked = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  let asked = 0
  let looking = 0
  let most = 0
  const watch = new Watch({
    async getRevision(accountId) {
      asked += 1
      // Of those who come themselves: the first and the third time.
      if (asked === 1 || asked === 3) return store.getRevision(accountId)
      looking += 1
      most = Math.max(most, looking)
      looked.resolve()
      await held.promise
      looking -= 1
      return store.getRevision(accountId)
    },
  })
  const one = watch.changed('acme', 0, LONG, leaving.signal)
  await looked.promise
  leaving.abort()
  await one
  // Three times the interval: a second look would have begun.
  await watch.changed('acme', 0, 750, never)
  held.resolve()
  assert.deepEqual([asked, most], [3, 1])
})

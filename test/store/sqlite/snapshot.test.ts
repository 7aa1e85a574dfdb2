import assert from 'node:assert/strict'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { test } from 'node:test'
import { connect } from '../../../src/store/sqlite/connect.ts'
import { interactionReads } from '../../../src/store/sqlite/interactions/read.ts'
import { interactionWrites } from '../../../src/store/sqlite/interactions/write.ts'
import { draft, idOf, NOON, textOf } from '../contract/drafts.ts'
import { cleanUp, openAcme } from './support.ts'

/** Gives a connection on which `between` runs after each query, as another process might write just then. */
function interrupted(db: DatabaseSync, between: () => void): DatabaseSync {
  const wrapped = <T extends object>(target: T, intercept: (name: string, call: Call) => Call | undefined) =>
    new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return intercept(String(name), value.bind(target)) ?? value.bind(target)
      },
    })
  const statement = (prepared: StatementSync) =>
    wrapped(prepared, (name, call) => {
      if (name !== 'all' && name !== 'get') return undefined
      return (...args) => {
        const rows = call(...args)
        between()
        return rows
      }
    })
  return wrapped(db, (name, call) =>
    name === 'prepare' ? (...args) => statement(call(...args) as StatementSync) : undefined,
  )
}

type Call = (...args: unknown[]) => unknown

test('a page shows one state of the store, also when somebody writes while it is read', async (t) => {
  const { store, file } = await openAcme(t)
  const drafts = ['a', 'b', 'c'].map((id, n) => draft({ id, at: NOON + n, text: id.repeat(500) }))
  await store.writeInteractions('acme', drafts)
  const [reader, writer] = [true, false].map((queryOnly) => connect(file, { queryOnly }))
  assert.ok(reader && writer)
  cleanUp(t, () => reader.close())
  cleanUp(t, () => writer.close())
  const { writeInteractions } = interactionWrites(writer)
  let turn = 0
  const { listInteractions } = interactionReads(
    interrupted(reader, () => {
      turn += 1
      // The first one moves away and grows; nobody else changes.
      writeInteractions('acme', [draft({ id: 'a', at: NOON + 9, text: 'x'.repeat(5000 + turn) })])
    }),
  )
  const query = { window: { from: NOON, to: NOON + 5 }, limit: 1, maxBytes: 100 }
  const first = listInteractions('acme', query)
  assert.notEqual(turn, 0)
  assert.deepEqual(first.documents.map(textOf), [drafts[0]?.json])
  assert.deepEqual(first.next, { startedAt: NOON, id: 'a' })
  const second = listInteractions('acme', { ...query, after: first.next })
  assert.deepEqual([...second.documents.map(idOf), second.next?.id], ['b', 'b'])
})

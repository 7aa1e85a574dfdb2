import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { test } from 'node:test'
import { packDrafts } from '../../../src/interaction/packed-drafts.ts'
import { connect } from '../../../src/store/sqlite/connect.ts'
import { changeReads } from '../../../src/store/sqlite/interactions/changes.ts'
import { interactionKeeping } from '../../../src/store/sqlite/interactions/keep.ts'
import { openReads } from '../../../src/store/sqlite/interactions/open.ts'
import { interactionReads } from '../../../src/store/sqlite/interactions/read.ts'
import { runWrites } from '../../../src/store/sqlite/interactions/runs.ts'
import { interactionWrites } from '../../../src/store/sqlite/interactions/write.ts'
import { draft, idsOf, message, NOON, textOf, textsOf } from '../contract/drafts.ts'
import { add, documentWith } from '../contract/living-drafts.ts'
import { cleanUp, openAcme } from './support.ts'

/** Gives a connection on which `between` runs after each row, as another process might write just then. */
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
      if (name === 'iterate') return (...args) => interleaved(call(...args) as Iterable<unknown>, between)
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

function* interleaved(rows: Iterable<unknown>, between: () => void): Generator<unknown> {
  for (const row of rows) {
    between()
    yield row
  }
}

type Call = (...args: unknown[]) => unknown

test('a page shows one state of the store, also when somebody writes while it is read', async (t) => {
  const { store, file } = await openAcme(t)
  // They do not compress, so that each has a row of its own.
  const noise = () => randomBytes(30_000).toString('base64')
  const drafts = ['a', 'b', 'c', 'd'].map((id, n) => draft({ id, at: NOON + n, text: noise() }))
  await store.writeInteractions('acme', drafts)
  const [reader, writer] = [true, false].map((queryOnly) => connect(file, { queryOnly }))
  assert.ok(reader && writer)
  cleanUp(t, () => reader.close())
  cleanUp(t, () => writer.close())
  const runs = runWrites(writer)
  const { writeInteractions } = interactionWrites(writer, interactionKeeping(writer, runs))
  let turn = 0
  const { listInteractions } = interactionReads(
    interrupted(reader, () => {
      turn += 1
      // The first one moves away and the third grows; nobody else changes.
      const moved = draft({ id: 'a', at: NOON + 9, text: 'x'.repeat(5000 + turn) })
      writeInteractions('acme', packDrafts([moved, draft({ id: 'c', at: NOON + 2, text: noise() })]))
      runs.flush()
    }),
  )
  const query = { window: { from: NOON, to: NOON + 5 }, limit: 3, maxBytes: 1e9 }
  const first = listInteractions('acme', query)
  assert.equal(turn, 4)
  assert.deepEqual(
    textsOf(first),
    drafts.slice(0, 3).map(({ json }) => json),
  )
  assert.deepEqual(first.next, { startedAt: NOON + 2, id: 'c' })
  const second = listInteractions('acme', query)
  assert.deepEqual([idsOf(second), second.next], [['b', 'c', 'd'], undefined])
})

test('changes are of one moment, also when one of them moves while they are read', async (t) => {
  const { store, file } = await openAcme(t)
  const given = draft({ text: 'before' })
  await store.writeInteractions('acme', [given])
  const [reader, writer] = [true, false].map((queryOnly) => connect(file, { queryOnly }))
  assert.ok(reader && writer)
  cleanUp(t, () => reader.close())
  cleanUp(t, () => writer.close())
  const runs = runWrites(writer)
  const { writeInteractions } = interactionWrites(writer, interactionKeeping(writer, runs))
  let turn = 0
  const { listChanges } = changeReads(
    interrupted(reader, () => {
      turn += 1
      writeInteractions('acme', packDrafts([draft({ at: NOON + turn, text: `after ${turn}` })]))
      runs.flush()
    }),
  )
  const { changes, reached } = listChanges('acme', { after: 0, limit: 9, maxBytes: 1e9 })
  assert.ok(turn > 1)
  assert.deepEqual([changes.map(({ revision }) => revision), reached], [[1], 1])
  assert.ok(changes[0]?.kind === 'ended')
  assert.equal(textOf(changes[0].document), given.json)
})

test('an open one that gathers is of one moment, also when somebody ends it while it is read', async (t) => {
  const { store, file } = await openAcme(t)
  const given = { open: true, messages: [message('a')] }
  await store.writeInteractions('acme', [draft(given)])
  await add(store, 'acme', [message('b')])
  const expected = documentWith([message('a'), message('b')], { open: true })
  const [reader, writer] = [true, false].map((queryOnly) => connect(file, { queryOnly }))
  assert.ok(reader && writer)
  cleanUp(t, () => reader.close())
  cleanUp(t, () => writer.close())
  const runs = runWrites(writer)
  const { writeInteractions } = interactionWrites(writer, interactionKeeping(writer, runs))
  let armed = true
  const interrupting = interrupted(reader, () => {
    // Within its snapshot, between the head and the messages.
    if (!armed || !reader.isTransaction) return
    armed = false
    writeInteractions('acme', packDrafts([draft({ open: true, messages: [] })]))
    runs.flush()
  })
  const { listOpen } = openReads(interrupting)
  const query = { window: { from: NOON, to: NOON }, limit: 3, maxBytes: 1e9 }
  assert.deepEqual(textsOf(listOpen('acme', query)), [expected])
  assert.equal(armed, false)
  assert.deepEqual(textsOf(listOpen('acme', query)), [draft({ open: true, messages: [] }).json])

  await add(store, 'acme', [message('c')])
  armed = true
  const stored = interactionReads(interrupting).getInteraction('acme', 'one')
  assert.ok(stored && !armed)
  assert.equal(textOf(stored.document), documentWith([message('c')], { open: true }))
})

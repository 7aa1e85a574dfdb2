import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Draft } from '../../../src/interaction/serialise.ts'
import type { Precondition, RejectReason, Store, WriteResult } from '../../../src/store/store.ts'
import {
  draft,
  draftOf,
  draftWithoutMessages,
  jsonOf,
  listedIds,
  message,
  NOON,
  type Told,
  told,
} from './drafts.ts'
import type { SharedStore } from './driver.ts'

interface Step {
  id: string
  keepsMessages: boolean
  open: boolean
  offset: number
  messages: number[]
  precondition: Precondition | undefined
}

const step = fc.record<Step>({
  id: fc.constantFrom('a', 'b', 'c'),
  keepsMessages: fc.nat(3).map((n) => n === 0),
  open: fc.boolean(),
  offset: fc.nat(2),
  messages: fc.array(fc.nat(3), { maxLength: 2 }),
  precondition: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    fc.constantFrom<Precondition>('exists', 'absent'),
    fc.record({ revisions: fc.array(fc.nat(8), { maxLength: 4 }) }),
  ),
})

/** Messages in every state of knowledge about when they were said. */
const timed = fc.record(
  {
    message_id: fc.constantFrom('m1', 'm2', 'm3'),
    start_time: fc.integer({ min: 0, max: 12 }).map((n) => n / 4),
    recording_index: fc.nat(1),
    message_index: fc.nat(2),
    message_start_at: fc.nat(3).map((n) => `2024-02-29T12:00:0${n}.5Z`),
    own: fc.constantFrom('<1.0>', '<12345678901234567890>', '<1e400>', 'text'),
  },
  { requiredKeys: ['message_id'] },
)

interface Known {
  draft: Draft
  messages: number[]
  revision: number
}

/** The store in a few lines: what is known of each id, and the last revision. */
function createModel() {
  const known = new Map<string, Known>()
  let revision = 0

  function write(given: Step): WriteResult {
    const stored = known.get(given.id)
    if (!holds(given.precondition, stored)) return rejected('precondition')
    if (stored?.draft.endedAt !== undefined && given.open) return rejected('reopened')
    const messages = given.keepsMessages ? (stored?.messages ?? []) : given.messages
    const next = draft(toldOf({ ...given, messages }))
    if (stored?.draft.json === next.json) return { outcome: 'unchanged', revision: stored.revision }
    revision += 1
    known.set(given.id, { draft: next, messages, revision })
    return { outcome: stored === undefined ? 'created' : 'updated', revision }
  }

  return { known, write, revision: () => revision }
}

function rejected(reason: RejectReason): WriteResult {
  return { outcome: 'rejected', reason }
}

function holds(precondition: Precondition | undefined, stored: Known | undefined): boolean {
  switch (precondition) {
    case undefined:
      return true
    case 'exists':
      return stored !== undefined
    case 'absent':
      return stored === undefined
    default:
      return stored !== undefined && precondition.revisions.includes(stored.revision)
  }
}

function toldOf({ id, open, offset, messages }: Step): Told {
  return {
    id,
    open,
    at: NOON + offset,
    messages: messages.map((n) => message(`m${n}`, { message_index: n })),
  }
}

function draftOfStep(given: Step): Draft {
  return given.keepsMessages ? draftWithoutMessages(toldOf(given)) : draft(toldOf(given))
}

export function modelContract(shared: SharedStore): void {
  describe('writes of any kind', () => {
    test('come out as in a model of a few lines', () =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 6 }), async (batches) => {
          const { store } = shared
          const accountId = await shared.account()
          const model = createModel()
          for (const batch of batches) {
            const preconditions = batch.map(({ precondition }) => precondition)
            const results = await store.writeInteractions(accountId, batch.map(draftOfStep), {
              preconditions,
            })
            assert.deepEqual(results, batch.map(model.write))
          }
          assert.equal(await store.getRevision(accountId), model.revision())
          await assertSame(store, accountId, model.known)
        }),
        { numRuns: 80 },
      ))

    test('change nothing when they are repeated, nor when what was read is written', () =>
      fc.assert(
        fc.asyncProperty(fc.array(timed, { maxLength: 6 }), async (messages) => {
          const { store } = shared
          const accountId = await shared.account()
          const value = told({ messages: messages.map((each) => message('', { ...STT, ...each })) })
          const text = JSON.stringify(value).replaceAll(/"<([^>]*)>"/g, '$1')
          const [once] = await store.writeInteractions(accountId, [draftOf(text)])
          assert.deepEqual(once, { outcome: 'created', revision: 1 })
          const read = (await jsonOf(store, accountId, 'one')) as string
          const again = [draftOf(text), draftOf(read), draftWithoutMessages()]
          for (const result of await store.writeInteractions(accountId, again)) {
            assert.deepEqual(result, { outcome: 'unchanged', revision: 1 })
          }
          assert.equal(await jsonOf(store, accountId, 'one'), read)
        }),
        { numRuns: 60 },
      ))
  })
}

const STT = { source_system: 'STT', channel: 'VOICE' }

async function assertSame(store: Store, accountId: string, known: Map<string, Known>): Promise<void> {
  for (const id of ['a', 'b', 'c']) {
    const stored = await store.getInteraction(accountId, id)
    const expected = known.get(id)
    assert.equal(stored?.revision, expected?.revision)
    assert.equal(stored?.ended, expected && expected.draft.endedAt !== undefined)
    assert.equal(await jsonOf(store, accountId, id), expected?.draft.json)
  }
  const ended = [...known.values()].filter((each) => each.draft.endedAt !== undefined)
  ended.sort((a, b) => a.draft.startedAt - b.draft.startedAt || (a.draft.id < b.draft.id ? -1 : 1))
  assert.deepEqual(
    await listedIds(store, accountId),
    ended.map((each) => each.draft.id),
  )
}

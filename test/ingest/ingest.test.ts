import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { splitElements } from '../../src/formats/elements.ts'
import { ingest } from '../../src/ingest/ingest.ts'
import { stream } from '../formats/chunks.ts'
import { interaction, message, without } from '../interaction/samples.ts'
import { lines, noting } from './noting.ts'
import { storedText, storeOfSuite } from './open-store.ts'

describe('ingesting', () => {
  const freshAccount = storeOfSuite()

  it('counts what was created, updated, unchanged and rejected', async () => {
    const { store, account } = await freshAccount()
    const { options } = noting()
    const first = await ingest(store, account, lines(interaction(), interaction({ id: 'i2' })), options)
    assert.deepEqual(first, { place: 2, created: 2, updated: 0, unchanged: 0, rejected: 0 })
    const second = await ingest(
      store,
      account,
      lines(
        interaction(),
        interaction({ id: 'i2', direction: 'OUT' }),
        interaction({ id: 'i3' }),
        'nonsense',
      ),
      options,
    )
    assert.deepEqual(second, { place: 4, created: 1, updated: 1, unchanged: 1, rejected: 1 })
    assert.equal(await store.getRevision(account), 4)
    assert.equal(
      await storedText(store, account, 'i2'),
      JSON.stringify(interaction({ id: 'i2', direction: 'OUT' })),
    )
  })

  it('of nothing gives zeros', async () => {
    const { store, account } = await freshAccount()
    const { options, progress } = noting()
    const zeros = { place: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 }
    assert.deepEqual(await ingest(store, account, lines(), options), zeros)
    assert.deepEqual(await ingest(store, account, lines('', ' ', ''), options), zeros)
    assert.deepEqual(progress, [])
  })

  it('takes the same id twice in one input in order', async () => {
    const { store, account } = await freshAccount()
    const { options } = noting()
    const state = await ingest(
      store,
      account,
      lines(interaction(), interaction({ direction: 'OUT' }), interaction({ direction: 'OUT' })),
      options,
    )
    assert.deepEqual(state, { place: 3, created: 1, updated: 1, unchanged: 1, rejected: 0 })
    assert.equal(await storedText(store, account, 'i1'), JSON.stringify(interaction({ direction: 'OUT' })))
  })

  it('tells each rejected record with its place, and keeps the good ones between', async () => {
    const { store, account } = await freshAccount()
    const { options, rejected } = noting()
    const state = await ingest(
      store,
      account,
      lines(
        interaction(),
        '{"id":"broken"',
        '',
        interaction({ id: 'i4', direction: 'UP', customer_id: '' }),
        interaction({ id: 'i5' }),
        '[]',
      ),
      options,
    )
    assert.deepEqual(state, { place: 6, created: 2, updated: 0, unchanged: 0, rejected: 3 })
    assert.deepEqual(
      rejected.map(({ unit, place, id, reason, fields }) => [
        unit,
        place,
        id,
        reason,
        fields.map(({ name }) => name),
      ]),
      [
        ['line', 2, undefined, 'invalid', ['']],
        ['line', 4, 'i4', 'invalid', ['customer_id', 'direction']],
        ['line', 6, undefined, 'invalid', ['']],
      ],
    )
    assert.ok(await storedText(store, account, 'i5'))
  })

  it('tells a write that the store rejected, in order with the others', async () => {
    const { store, account } = await freshAccount()
    await ingest(store, account, lines(interaction({ id: 'a' }), interaction({ id: 'b' })), noting().options)
    const { options, rejected } = noting()
    const state = await ingest(
      store,
      account,
      lines(
        'nonsense',
        without(interaction({ id: 'b' }), 'ended_at'),
        'nonsense',
        without(interaction({ id: 'a' }), 'ended_at'),
        interaction({ id: 'c' }),
      ),
      options,
    )
    assert.deepEqual(state, { place: 5, created: 1, updated: 0, unchanged: 0, rejected: 4 })
    assert.deepEqual(
      rejected.map(({ unit, place, id, reason, fields }) => [unit, place, id, reason, fields.length]),
      [
        ['line', 1, undefined, 'invalid', 1],
        ['line', 2, 'b', 'reopened', 0],
        ['line', 3, undefined, 'invalid', 1],
        ['line', 4, 'a', 'reopened', 0],
      ],
    )
  })

  it('tells what is wrong with the frame of a list in the place behind its items', async () => {
    const { store, account } = await freshAccount()
    const { options, rejected } = noting()
    const text = `{"interactions":[${JSON.stringify(interaction())},{"id":"x"},${JSON.stringify(interaction({ id: 'i3' }))}`
    const state = await ingest(store, account, splitElements(stream(text)), options)
    assert.deepEqual(state, { place: 3, created: 1, updated: 0, unchanged: 0, rejected: 2 })
    assert.deepEqual(
      rejected.map(({ unit, place }) => `${unit} ${place}`),
      ['item 2', 'item 3'],
    )
    assert.deepEqual(rejected[1]?.fields, [{ name: '', description: 'ends in the middle of its JSON' }])
  })

  it('tells what it keeps with warnings', async () => {
    const { store, account } = await freshAccount()
    const { options, warned } = noting({ keepUnknownValues: true })
    const odd = interaction({
      id: 'i2',
      direction: 'UP',
      ring_groups: [null],
      messages: [message({ own: 1 })],
    })
    const state = await ingest(store, account, lines(interaction(), odd), options)
    assert.deepEqual(state, { place: 2, created: 2, updated: 0, unchanged: 0, rejected: 0 })
    assert.deepEqual(warned, [[2, 'i2', ['ring_groups', 'direction', 'messages[0].own']]])
    assert.match((await storedText(store, account, 'i2')) ?? '', /"direction":"UP","ring_groups":\[\]/)
  })

  it('stores properties of the sender’s own as they were written', async () => {
    const { store, account } = await freshAccount()
    const text = `{"own":[1.0,12345678901234567890],${JSON.stringify(interaction()).slice(1)}`
    await ingest(store, account, lines(text), noting().options)
    assert.match((await storedText(store, account, 'i1')) ?? '', /"own":\[1\.0,12345678901234567890\]\}$/)
  })

  it('keeps the stored messages of an interaction that comes without', async () => {
    const { store, account } = await freshAccount()
    const { options } = noting()
    await ingest(store, account, lines(interaction()), options)
    const state = await ingest(
      store,
      account,
      lines(without(interaction({ direction: 'OUT' }), 'messages')),
      options,
    )
    assert.equal(state.updated, 1)
    assert.equal(await storedText(store, account, 'i1'), JSON.stringify(interaction({ direction: 'OUT' })))
  })

  it('writes in batches, and tells the progress after each', async () => {
    const { store, account } = await freshAccount()
    const { options, progress, rejected } = noting()
    const values = Array.from({ length: 1234 }, (_, index) =>
      index % 100 === 99 ? 'x' : interaction({ id: `i${index}` }),
    )
    const state = await ingest(store, account, lines(...values), options)
    assert.deepEqual(state, { place: 1234, created: 1222, updated: 0, unchanged: 0, rejected: 12 })
    assert.deepEqual(
      progress.map(({ created }) => created),
      [495, 990, 1222],
    )
    assert.deepEqual(progress.at(-1), state)
    assert.deepEqual(
      rejected.map(({ place }) => place),
      Array.from({ length: 12 }, (_, index) => index * 100 + 100),
    )
    assert.equal(await store.getRevision(account), 1222)
  })

  it('writes a batch early where its documents are large', async () => {
    const { store, account } = await freshAccount()
    const { options, progress } = noting()
    const large = (id: string) =>
      interaction({
        id,
        messages: [
          message({ text: 'x'.repeat(1_000_000) }),
          message({ message_id: 'm2', text: 'y'.repeat(1_000_000) }),
        ],
      })
    await ingest(store, account, lines(large('a'), large('b'), large('c'), large('d')), options)
    assert.deepEqual(
      progress.map(({ created }) => created),
      [3, 4],
    )
  })

  it('writes into its own account only, and fails for one that does not exist', async () => {
    const { store, account } = await freshAccount()
    const { account: other } = await freshAccount()
    await ingest(store, account, lines(interaction()), noting().options)
    assert.equal(await store.getInteraction(other, 'i1'), undefined)
    await assert.rejects(ingest(store, 'nobody', lines(interaction()), noting().options), /nobody/)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deflateBlock } from '../../../src/interaction/block.ts'
import { contentHash } from '../../../src/interaction/content-hash.ts'
import type { Store } from '../../../src/store/store.ts'
import type { AccountRecord, InteractionRecord } from '../../../src/store/transfer.ts'
import { ALWAYS, draft, idsOf, jsonOf, NOON, write } from './drafts.ts'
import { openFor, type SharedStore, type StoreDriver } from './driver.ts'

const ALL = { after: 0, limit: 1000, maxBytes: Number.MAX_SAFE_INTEGER }

function record(id: string, revision: number, more: Partial<InteractionRecord> = {}): InteractionRecord {
  const plain = Buffer.from(JSON.stringify({ id, revision }))
  return {
    id,
    revision,
    customerId: `customer of ${id}`,
    startedAt: NOON,
    endedAt: NOON + 1,
    hash: contentHash(plain),
    block: deflateBlock(plain),
    ...more,
  }
}

function told({ hash, block, ...facts }: InteractionRecord) {
  const bytes = [hash, block.deflated].map((each) => Buffer.from(each).toString('base64'))
  return { ...JSON.parse(JSON.stringify(facts)), crc: block.crc, length: block.length, bytes }
}

async function listed(store: Store, accountId: string): Promise<string[]> {
  return idsOf(await store.listInteractions(accountId, { window: ALWAYS, limit: 500, maxBytes: 1e9 }))
}

/** What a store gives out and takes in as it lies there. */
export function transferContract(driver: StoreDriver, shared: SharedStore): void {
  describe('moving interactions', () => {
    test('they are given in order of revision, each once, with its last state', async () => {
      const { store } = shared
      const accountId = await shared.account()
      for (const id of ['a', 'b', 'c'])
        await write(store, accountId, draft({ id, at: NOON - id.charCodeAt(0) }))
      await write(store, accountId, draft({ id: 'open', open: true }))
      await write(store, accountId, draft({ id: 'a', text: 'changed' }))
      const records = await store.transfer.readInteractions(accountId, ALL)
      assert.deepEqual(
        records.map(({ id, revision, endedAt }) => [id, revision, endedAt !== undefined]),
        [
          ['b', 2, true],
          ['c', 3, true],
          ['open', 4, false],
          ['a', 5, true],
        ],
      )
      const after = await store.transfer.readInteractions(accountId, { ...ALL, after: 3, limit: 1 })
      assert.deepEqual(after.map(told), records.slice(2, 3).map(told))
    })

    test('so many bytes at once, but one in any case', async () => {
      const { store } = shared
      const accountId = await shared.account()
      for (let n = 0; n < 5; n += 1) await write(store, accountId, draft({ id: `i${n}`, at: NOON + n }))
      const [first] = await store.transfer.readInteractions(accountId, ALL)
      const bytes = first?.block.deflated.length ?? 0
      const count = async (maxBytes: number) =>
        (await store.transfer.readInteractions(accountId, { ...ALL, maxBytes })).length
      assert.deepEqual(await Promise.all([1, bytes, bytes + 1].map(count)), [1, 1, 2])
    })

    test('what is put in is there: by id, in the listing, and with its revision', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const records = Array.from({ length: 40 }, (_, n) =>
        record(`i${n}`, 2 * n + 1, { startedAt: NOON - n }),
      )
      const open = record('open', 90, { endedAt: undefined })
      await store.transfer.writeInteractions(accountId, records, 79)
      await store.transfer.writeInteractions(accountId, [open], 100)
      assert.equal(await store.getRevision(accountId), 100)
      assert.deepEqual(
        (await store.transfer.readInteractions(accountId, ALL)).map(told),
        [...records, open].map(told),
      )
      assert.equal(await jsonOf(store, accountId, 'i7'), JSON.stringify({ id: 'i7', revision: 15 }))
      assert.equal((await store.getInteraction(accountId, 'open'))?.ended, false)
      assert.deepEqual(await listed(store, accountId), records.map(({ id }) => id).toReversed())
      // The next write takes the revision behind them.
      const result = await write(store, accountId, draft({ id: 'next' }))
      assert.deepEqual(result, { outcome: 'created', revision: 101 })
    })

    test('what is put in again takes the place of what was there, wherever it stood', async () => {
      const { store } = shared
      const accountId = await shared.account()
      const before = [record('stays', 1), record('moves', 2), record('ends', 3, { endedAt: undefined })]
      await store.transfer.writeInteractions(accountId, before, 3)
      const after = [record('moves', 4, { startedAt: NOON - 10 }), record('ends', 5, { startedAt: NOON + 5 })]
      await store.transfer.writeInteractions(accountId, after, 5)
      await store.transfer.writeInteractions(accountId, after, 5)
      assert.deepEqual(await listed(store, accountId), ['moves', 'stays', 'ends'])
      const all = [before[0] as InteractionRecord, ...after]
      assert.deepEqual((await store.transfer.readInteractions(accountId, ALL)).map(told), all.map(told))
    })

    test('of another account nothing is read and nothing is touched', async () => {
      const { store } = shared
      const [one, other] = [await shared.account(), await shared.account()]
      await store.transfer.writeInteractions(one, [record('same', 1)], 1)
      await store.transfer.writeInteractions(other, [record('same', 7, { startedAt: NOON + 9 })], 9)
      assert.deepEqual(
        (await store.transfer.readInteractions(one, ALL)).map(told),
        [record('same', 1)].map(told),
      )
      assert.deepEqual([await store.getRevision(one), await store.getRevision(other)], [1, 9])
      assert.equal(await jsonOf(store, one, 'same'), JSON.stringify({ id: 'same', revision: 1 }))
    })

    test('an account that there is not takes none', async () => {
      const { store } = shared
      await assert.rejects(
        store.transfer.writeInteractions('nobody', [record('a', 1)], 1),
        /no account nobody/,
      )
      assert.deepEqual(await store.transfer.readInteractions('nobody', ALL), [])
      assert.equal(await store.getInteraction('nobody', 'a'), undefined)
    })
  })

  describe('moving accounts', () => {
    const of = (accountId: string): AccountRecord => ({
      account: { accountId, name: 'Ünïcode', createdAt: 17, redaction: { kinds: ['email'], patterns: [] } },
      clients: [
        {
          clientId: `${accountId}.b`,
          name: 'B',
          scope: 'x y',
          secretHash: 'hash',
          publicKey: undefined,
          createdAt: 3,
        },
        {
          clientId: `${accountId}.a`,
          name: 'A',
          scope: 'x',
          secretHash: undefined,
          publicKey: '{}',
          createdAt: 4,
        },
      ],
      assertions: [
        { clientId: `${accountId}.a`, jti: '1', expiresAt: 9 },
        { clientId: `${accountId}.a`, jti: '2', expiresAt: 8 },
      ],
      imports: [{ source: 'file', state: { place: 1, created: 2, updated: 3, unchanged: 4, rejected: 5 } }],
    })
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

    test('what is put in comes out, and replaces what was there but for the revision', async () => {
      const { store } = shared
      const accountId = await shared.account()
      await store.transfer.writeInteractions(accountId, [record('a', 1)], 1)
      await store.createClient(accountId, { clientId: 'old', name: '', scope: '', createdAt: 1 })
      const given = of(accountId)
      for (let times = 0; times < 2; times += 1) await store.transfer.writeAccount(given)
      assert.deepEqual(plain(await store.transfer.readAccount(accountId)), plain(given))
      assert.equal(await store.getRevision(accountId), 1)
      assert.equal(await store.getClient(accountId, 'old'), undefined)
    })

    test('one that is new is created, and others keep what they have', async () => {
      const { store } = shared
      const other = await shared.account()
      await store.transfer.writeAccount(of(other))
      await store.transfer.writeAccount(of('moved-in'))
      assert.equal(await store.getRevision('moved-in'), 0)
      assert.deepEqual(plain(await store.transfer.readAccount(other)), plain(of(other)))
      assert.equal(await store.transfer.readAccount('never-seen'), undefined)
    })
  })

  test('keys and settings that are put in come out', async (t) => {
    const { store } = await openFor(t, driver)
    const key = {
      purpose: 'cursor',
      material: Uint8Array.from([0, 255]),
      sealed: true,
      createdAt: 5,
    } as const
    const deployment = {
      keys: [
        { ...key, keyId: 'k1', retireAt: undefined },
        { ...key, keyId: 'k2', createdAt: 6, retireAt: 8 },
      ],
      settings: { one: '1', two: '2' },
    }
    await store.setSetting('two', 'before')
    await store.setSetting('three', 'goes')
    await store.ensureKey({ ...key, keyId: 'goes' })
    for (let times = 0; times < 2; times += 1) await store.transfer.writeDeployment(deployment)
    const { keys, settings } = await store.transfer.readDeployment()
    assert.deepEqual(
      keys.map((each) => ({ ...each, material: Uint8Array.from(each.material) })),
      deployment.keys,
    )
    assert.deepEqual(settings, deployment.settings)
    await store.transfer.removeSetting('one')
    assert.equal(await store.getSetting('one'), undefined)
  })
}

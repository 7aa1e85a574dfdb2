import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { ALWAYS, textOf, textsOf } from './contract/drafts.ts'
import { type Child, startChild } from './sqlite/support.ts'

/** Milliseconds since 1970, after all of the story. */
const LATER = Date.UTC(2025, 0, 1)
const ACCOUNT = 'acme'
const WORKERS = 3

/** What fixtures/living-worker.ts tells. */
type Deed =
  | { did: 'nothing' }
  | { did: 'add'; id: string; messages: string[]; revision: number }
  | { did: 'enrich'; id: string; message: string; property: string; revision: number }
  | { did: 'write'; ids: string[]; results: { outcome: string; revision: number; reason?: string }[] }
  | { did: 'erase'; ids: string[]; revision: number }
  | { did: 'erase customer'; customerId: string; startedBefore: number }

/**
 * Several processes write, enrich, erase and sweep one account at random, and are killed and replaced at random, while
 * followers copy what the feed tells. In the end each follower's copy is what the store holds, and the store holds all that was
 * acknowledged and nothing that was erased.
 */
export async function assertLivingModel(t: TestContext, url: string, kills: number): Promise<void> {
  const store = await openStore(url)
  t.after(() => store.close())
  await store.createAccount({ accountId: ACCOUNT, name: 'Acme', createdAt: 1 })
  const following = { until: Number.POSITIVE_INFINITY }
  const followers = [1, 3, 50].map((limit) => follow(url, limit, following))
  const deeds = await liveAndDie(t, url, kills, store)
  while ((await store.eraseMore(ACCOUNT, 50, LATER)).more);
  following.until = (await store.getRevision(ACCOUNT)) ?? 0
  const copies = await Promise.all(followers)
  const { copy, texts } = await heldBy(store)
  for (const each of copies) assert.deepEqual(each, copy)
  assertAcknowledged(deeds, copy, texts)
  assertCustomersGone(deeds, texts)
  assertRevisions(deeds, following.until)
}

/** Starts the workers, kills one after the other, each time with another in its place; gives all that they told. */
async function liveAndDie(t: TestContext, url: string, kills: number, store: Store): Promise<Deed[]> {
  const deeds: Deed[] = []
  let started = 0
  async function start(): Promise<{ child: Child; told: Promise<unknown> }> {
    started += 1
    // The story goes on where it may have got to.
    const from = String(started * 4)
    const child = startChild(t, 'living-worker.ts', [url, ACCOUNT, `w${started}`, from])
    await child.ready()
    child.go()
    const told = (async () => {
      for (;;) {
        const deed = await child.next().catch(() => undefined)
        if (deed === undefined) return
        deeds.push(deed as Deed)
      }
    })()
    return { child, told }
  }
  const workers = await Promise.all(Array.from({ length: WORKERS }, start))
  for (let killed = 0; killed < kills; killed += 1) {
    const spare = start()
    const before = deeds.length
    // However slow the machine is, something is done between two kills.
    while (deeds.length < before + 40) await sleep(10)
    await sleep(Math.random() * 60)
    const index = killed % WORKERS
    const { child, told } = workers[index] as Awaited<ReturnType<typeof start>>
    child.process.kill('SIGKILL')
    assert.equal(await child.ended, 'SIGKILL')
    await told
    workers[index] = await spare
    if (killed === Math.floor(kills / 2)) await store.purge(LATER).catch(() => {})
  }
  for (const { child, told } of workers) {
    child.process.kill('SIGKILL')
    assert.equal(await child.ended, 'SIGKILL')
    await told
  }
  return deeds
}

/** What is known of each interaction: its document, `open`, or `erased`. */
type Copy = Map<string, string>

/** Copies the account from its changes, so many at a time, until a revision is reached. */
async function follow(url: string, limit: number, following: { until: number }): Promise<Copy> {
  const store = await openStore(url)
  const copy: Copy = new Map()
  for (let after = 0; after < following.until; ) {
    const { changes, free } = await store.listChanges(ACCOUNT, { after, limit, maxBytes: 1e9 })
    for (const change of changes) {
      assert.ok(change.revision > after, 'revisions ascend')
      after = change.revision
      assert.notEqual(copy.get(change.id), 'erased', `${change.id} came back`)
      copy.set(change.id, change.kind === 'ended' ? textOf(change.document) : change.kind)
    }
    free()
    if (changes.length > 0) continue
    // The revision that the end waits for may be one of which nothing is told: that of hiding a customer.
    if (after < following.until && Number.isFinite(following.until)) break
    await sleep(5)
  }
  await store.close()
  return sorted(copy)
}

/** The same from all other ways of reading the store; and the document of each, open ones too. */
async function heldBy(store: Store): Promise<{ copy: Copy; texts: Map<string, string> }> {
  const copy: Copy = new Map()
  const texts = new Map<string, string>()
  const query = { window: ALWAYS, limit: 100_000, maxBytes: 1e12 }
  for (const text of textsOf(await store.listInteractions(ACCOUNT, query))) copy.set(idIn(text), text)
  for (const text of textsOf(await store.listOpen(ACCOUNT, query))) copy.set(idIn(text), 'open')
  for (const [id, state] of copy) {
    const stored = await store.getInteraction(ACCOUNT, id)
    assert.equal(stored?.ended, state !== 'open', id)
    if (stored === undefined) continue
    texts.set(id, textOf(stored.document))
    if (stored.ended) assert.equal(texts.get(id), state)
  }
  const tombstones = await store.transfer.readTombstones(ACCOUNT, { after: 0, limit: 100_000 })
  for (const { id } of tombstones) {
    assert.equal(await store.getInteraction(ACCOUNT, id), undefined, id)
    assert.ok(!copy.has(id), id)
    copy.set(id, 'erased')
  }
  return { copy: sorted(copy), texts }
}

function idIn(text: string): string {
  return JSON.parse(text).id
}

function sorted(copy: Copy): Copy {
  return new Map([...copy].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function assertAcknowledged(deeds: Deed[], held: Copy, texts: Map<string, string>): void {
  const counts: Record<string, number> = {}
  for (const deed of deeds) {
    counts[deed.did] = (counts[deed.did] ?? 0) + 1
    if (deed.did === 'erase') for (const id of deed.ids) assert.equal(held.get(id), 'erased', id)
    if (deed.did === 'add' || deed.did === 'enrich') assert.ok(held.has(deed.id), `${deed.id} is gone`)
    if (deed.did === 'write') {
      for (const [index, id] of deed.ids.entries()) {
        if (deed.results[index]?.outcome !== 'rejected') assert.ok(held.has(id), `${id} is gone`)
      }
    }
    const text = 'id' in deed ? texts.get(deed.id) : undefined
    if (text === undefined) continue
    const { messages } = JSON.parse(text)
    const find = (id: string) => messages.find((each: { message_id: string }) => each.message_id === id)
    if (deed.did === 'add') for (const id of deed.messages) assert.ok(find(id), `${deed.id} lacks ${id}`)
    if (deed.did === 'enrich')
      assert.equal(find(deed.message)?.[deed.property], 1, `${deed.id} lacks ${deed.property}`)
  }
  for (const did of ['add', 'enrich', 'write', 'erase'])
    assert.ok((counts[did] ?? 0) > 0, `nobody did ${did}`)
}

function assertCustomersGone(deeds: Deed[], texts: Map<string, string>): void {
  for (const deed of deeds) {
    if (deed.did !== 'erase customer') continue
    for (const [id, text] of texts) {
      const { customer_id, started_at } = JSON.parse(text)
      if (customer_id !== deed.customerId) continue
      assert.ok(Date.parse(started_at) * 1000 > deed.startedBefore, `${id} of ${customer_id} came back`)
    }
  }
}

/** No revision was given out twice, none is beyond the last. */
function assertRevisions(deeds: Deed[], last: number): void {
  const changed = deeds.flatMap((deed) => {
    if (deed.did !== 'write') return []
    return deed.results.flatMap(({ outcome, revision }) =>
      outcome === 'created' || outcome === 'updated' ? revision : [],
    )
  })
  assert.equal(new Set(changed).size, changed.length)
  assert.ok(changed.every((revision) => revision <= last))
}

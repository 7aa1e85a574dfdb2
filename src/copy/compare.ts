import { createHash, type Hash } from 'node:crypto'
import type { Tombstone } from '../store/erasure.ts'
import { COPYING, type Store } from '../store/store.ts'
import type { InteractionRecord } from '../store/transfer.ts'
import { batchesAfter, erasedCustomersOf, erasuresOf, tombstonesAfter } from './batches.ts'
import { lockstep } from './lockstep.ts'
import { canonical, same } from './same.ts'

export interface Compared {
  interactions: number
  /** Interactions that were erased, and what is left of them. */
  tombstones: number
  /** Deflated bytes of the interactions' documents. */
  bytes: number
  /** SHA-256 over all that makes up the interactions, and what was erased, of all accounts, in order: the same of both stores. */
  checksum: string
}

/** Something is not the same in both stores. */
export class Difference extends Error {
  override readonly name = 'Difference'
}

/** Reads all accounts of both stores and compares them byte by byte; throws Difference at the first that differs. */
export async function compareStores(
  from: Store,
  to: Store,
  onDone: (revisions: number) => void,
): Promise<Compared> {
  if (!(await sameDeployment(from, to))) {
    throw new Difference(`The keys or settings are not the same in ${to.location}. Copy again.`)
  }
  const hash = createHash('sha256')
  const compared = { interactions: 0, tombstones: 0, bytes: 0 }
  let done = 0
  for (const { accountId } of await from.listAccounts()) {
    if (!(await sameAccount(from, to, accountId))) {
      throw new Difference(`The account ${accountId} is not the same in ${to.location}. Copy again.`)
    }
    hash.update(JSON.stringify([accountId]))
    let reached = 0
    for await (const record of sameInteractions(from, to, accountId, hash)) {
      compared.interactions += 1
      compared.bytes += record.block.deflated.length
      reached = record.revision
      onDone(done + reached)
    }
    compared.tombstones += await sameTombstones(from, to, accountId, hash)
    for await (const customers of erasedCustomersOf(from, accountId)) hash.update(canonical(customers))
    for await (const erasures of erasuresOf(from, accountId)) hash.update(canonical(erasures))
    done += reached
  }
  return { ...compared, checksum: hash.digest('hex') }
}

/** Keys, and settings but for the one that says that it is copied. */
export async function sameDeployment(from: Store, to: Store): Promise<boolean> {
  const [ours, theirs] = await Promise.all([from.transfer.readDeployment(), to.transfer.readDeployment()])
  delete theirs.settings[COPYING]
  return same(ours, theirs)
}

/** All of an account but its interactions and tombstones; its revision tells whether any of these has changed. */
export async function sameAccount(from: Store, to: Store, accountId: string): Promise<boolean> {
  const [ours, theirs] = await Promise.all(
    [from, to].map(async (store) => [
      await store.transfer.readAccount(accountId),
      await store.getRevision(accountId),
    ]),
  )
  if (!same(ours, theirs)) return false
  for (const read of [erasedCustomersOf, erasuresOf]) {
    for await (const pair of lockstep<unknown>(read(from, accountId), read(to, accountId))) {
      if (!same(pair.ours, pair.theirs)) return false
    }
  }
  return true
}

async function* sameInteractions(
  from: Store,
  to: Store,
  accountId: string,
  hash: Hash,
): AsyncGenerator<InteractionRecord> {
  const pairs = lockstep(batchesAfter(from, accountId, 0), batchesAfter(to, accountId, 0))
  for await (const { ours, theirs } of pairs) {
    const bytes = ours && bytesOf(ours)
    if (ours === undefined || theirs === undefined || !bytes?.equals(bytesOf(theirs))) {
      throw differenceAt(to, accountId, 'interaction', (ours ?? theirs)?.id)
    }
    hash.update(bytes)
    yield ours
  }
}

/** Gives how many there are. */
async function sameTombstones(from: Store, to: Store, accountId: string, hash: Hash): Promise<number> {
  const [ours, theirs] = [tombstonesAfter(from, accountId, 0), tombstonesAfter(to, accountId, 0)]
  let count = 0
  for await (const pair of lockstep<Tombstone>(ours, theirs)) {
    if (!same(pair.ours, pair.theirs)) {
      throw differenceAt(to, accountId, 'tombstone', (pair.ours ?? pair.theirs)?.id)
    }
    hash.update(canonical(pair.ours))
    count += 1
  }
  return count
}

function differenceAt(
  to: Store,
  accountId: string,
  what: 'interaction' | 'tombstone',
  id: string | undefined,
): Difference {
  return new Difference(
    `The ${what} ${JSON.stringify(id)} of the account ${accountId} is not the same in ${to.location}. ` +
      'Copy into an empty database.',
  )
}

/** All of a record: equal bytes, equal record. */
function bytesOf({ hash, block, gathered, ...told }: InteractionRecord): Buffer {
  const { id, revision, customerId, startedAt, endedAt, wordAt, transcript } = told
  const { crc, length, deflated } = block
  const facts = [id, revision, customerId, startedAt, endedAt, wordAt, transcript, crc, length]
  const messages = gathered?.map(({ position, messageId, json }) => [position, messageId, json])
  return Buffer.concat([Buffer.from(JSON.stringify([...facts, deflated.length, messages])), hash, deflated])
}

import { createHash } from 'node:crypto'
import { COPYING, type Store } from '../store/store.ts'
import type { InteractionRecord } from '../store/transfer.ts'
import { batchesAfter } from './batches.ts'
import { same } from './same.ts'

export interface Compared {
  interactions: number
  /** Deflated bytes of their documents. */
  bytes: number
  /** SHA-256 over all that makes up the interactions of all accounts, in order: the same of both stores. */
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
  const compared = { interactions: 0, bytes: 0 }
  let done = 0
  for (const { accountId } of await from.listAccounts()) {
    if (!(await sameAccount(from, to, accountId))) {
      throw new Difference(`The account ${accountId} is not the same in ${to.location}. Copy again.`)
    }
    hash.update(JSON.stringify([accountId]))
    const theirs = one(batchesAfter(to, accountId, 0))
    let reached = 0
    for await (const record of one(batchesAfter(from, accountId, 0))) {
      const { value: other, done: ended } = await theirs.next()
      const bytes = bytesOf(record)
      if (ended || !bytes.equals(bytesOf(other))) throw differenceAt(to, accountId, record.id)
      hash.update(bytes)
      compared.interactions += 1
      compared.bytes += record.block.deflated.length
      reached = record.revision
      onDone(done + reached)
    }
    const { value: more } = await theirs.next()
    if (more !== undefined) throw differenceAt(to, accountId, more.id)
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

/** All of an account but its interactions; its revision tells whether any has changed. */
export async function sameAccount(from: Store, to: Store, accountId: string): Promise<boolean> {
  const [ours, theirs] = await Promise.all(
    [from, to].map(async (store) => [
      await store.transfer.readAccount(accountId),
      await store.getRevision(accountId),
    ]),
  )
  return same(ours, theirs)
}

function differenceAt(to: Store, accountId: string, id: string): Difference {
  return new Difference(
    `The interaction ${JSON.stringify(id)} of the account ${accountId} is not the same in ${to.location}. ` +
      'Copy into an empty database.',
  )
}

async function* one(batches: AsyncGenerator<InteractionRecord[]>): AsyncGenerator<InteractionRecord> {
  for await (const records of batches) yield* records
}

/** All of a record: equal bytes, equal record. */
function bytesOf({ hash, block, ...told }: InteractionRecord): Buffer {
  const { id, revision, customerId, startedAt, endedAt } = told
  const facts = [id, revision, customerId, startedAt, endedAt, block.crc, block.length, block.deflated.length]
  return Buffer.concat([Buffer.from(JSON.stringify(facts)), hash, block.deflated])
}

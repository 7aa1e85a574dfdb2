import type { Block } from '../../../interaction/block.ts'
import { type Gathered, gatheredLength } from '../../../interaction/gather-patches.ts'
import { MAX_DOCUMENT_BYTES } from '../../../interaction/limits.ts'
import type { Transaction } from '../database.ts'
import type { Placed } from './batch.ts'
import type { Deflater } from './deflater.ts'
import type { Prepared } from './deflating.ts'
import { readMessages } from './messages.ts'
import type { Stored } from './stored.ts'

/** What is to be stored of a draft. */
export interface Content {
  /** Its document, or its head where that gathers messages. */
  prepared: Prepared
  gathering?: Gathered | undefined
  /** It is stored already. */
  same: boolean
}

interface Means {
  transaction: Transaction
  deflater: Deflater
  accountId: string
  /** What is stored of the interaction. */
  blockOf(): Promise<Block>
}

/** What a draft makes of what is stored; undefined where that would be larger than a document may be. */
export async function contentOf(
  draft: Placed,
  given: Prepared,
  stored: Stored | undefined,
  means: Means,
): Promise<Content | undefined> {
  if (stored?.gathering !== undefined) return gatheredContent(draft, given, stored, stored.gathering, means)
  const prepared =
    draft.keepsMessages && stored !== undefined
      ? await means.deflater.keepMessages(draft.plain(), await means.blockOf())
      : given
  return prepared && { prepared, same: stored !== undefined && isSame(prepared, stored) }
}

/** The same where messages have been gathered. */
async function gatheredContent(
  draft: Placed,
  given: Prepared,
  stored: Stored,
  gathering: Gathered,
  { transaction, deflater, accountId, blockOf }: Means,
): Promise<Content | undefined> {
  const messages = () => readMessages(transaction, accountId, draft.id)
  if (!draft.keepsMessages) {
    // All of them are given anew, so they are looked at only where they may be the same.
    const maySame = draft.endedAt === undefined && draft.length === gatheredLength(stored.length, gathering)
    const same = maySame && isSame(await deflater.gather(await blockOf(), await messages()), given)
    return { prepared: given, gathering: same ? gathering : undefined, same }
  }
  if (draft.endedAt === undefined) {
    if (gatheredLength(draft.length, gathering) > MAX_DOCUMENT_BYTES) return undefined
    return { prepared: given, gathering, same: isSame(given, stored) }
  }
  const prepared = await deflater.finish(draft.plain(), await messages())
  return prepared && { prepared, same: false }
}

function isSame(a: { hash: Uint8Array }, b: { hash: Uint8Array }): boolean {
  return Buffer.compare(a.hash, b.hash) === 0
}

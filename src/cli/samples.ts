import { readInteraction } from '../interaction/document.ts'
import type { Draft } from '../interaction/serialise.ts'
import { sampleConversations } from '../sample/conversations.ts'
import type { Store } from '../store/store.ts'

const SEED = 'parlance'
const DAYS = 30
const BATCH = 500
const DAY = 24 * 60 * 60 * 1000

/**
 * Fills an account, which it creates where needed, with the sample conversations of the thirty days up to `now`.
 * Those of an earlier run are unchanged. Gives how many there are in the thirty days.
 */
export async function loadSamples(
  store: Store,
  accountId: string,
  now: Date,
  onProgress: (done: number) => void,
): Promise<number> {
  await store.createAccount({ accountId, name: 'Demo', createdAt: now.getTime() })
  let drafts: Draft[] = []
  let done = 0
  const flush = async () => {
    await store.writeInteractions(accountId, drafts)
    done += drafts.length
    drafts = []
    onProgress(done)
  }
  for (const sample of sampleConversations({
    seed: SEED,
    from: new Date(now.getTime() - DAYS * DAY),
    to: now,
  })) {
    const reading = readInteraction(sample, { keepUnknownValues: false, lossless: () => sample })
    if (!reading.ok)
      throw new Error(`a sample conversation is not valid: ${JSON.stringify(reading.problems)}`)
    drafts.push(reading.draft)
    if (drafts.length === BATCH) await flush()
  }
  await flush()
  return done
}

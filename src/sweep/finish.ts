import type { Store } from '../store/store.ts'
import { BITE } from './chore.ts'
import type { Clock } from './clock.ts'

/**
 * Finishes an account's erasures, in bites with pauses as long, so that servers on the same store go on. `onBite` is told of each
 * how many interactions it erased. A server may do the same at the same time.
 */
export async function finishErasures(
  store: Pick<Store, 'eraseMore'>,
  accountId: string,
  clock: Clock,
  onBite: (count: number) => void,
): Promise<void> {
  const never = new AbortController().signal
  for (;;) {
    const begun = clock.now()
    const { count, more } = await store.eraseMore(accountId, BITE, begun)
    onBite(count)
    if (!more) return
    await clock.sleep(clock.now() - begun, never)
  }
}

import type { Inspection, Store } from '../store/store.ts'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR

/** Milliseconds after which what is erased should be purged: the purge is daily, and may be missed once. */
const PURGED_AFTER = 2 * DAY
/** Milliseconds after which an erasure should be done, with any server running: a million interactions take minutes. */
const DONE_AFTER = HOUR
/** Erasures that are read at once. */
const PAGE = 1000

interface Counts {
  all: number
  unpurged: number
  unfinished: number
}

/** Whether erasures that should be done are; looks at all that ever were, in a bounded memory. */
export async function erasuresCheck(store: Store, now: number): Promise<Inspection> {
  const counts: Counts = { all: 0, unpurged: 0, unfinished: 0 }
  for (const { accountId } of await store.listAccounts()) await count(store, accountId, now, counts)
  const { all, unpurged, unfinished } = counts
  const faults = [
    ...(unfinished > 0 ? [`${unfinished} not done for more than an hour`] : []),
    ...(unpurged > 0 ? [`${unpurged} not purged from the files for more than two days`] : []),
  ]
  return {
    name: 'erasures',
    ok: faults.length === 0,
    detail: [`erasures: ${all}`, ...faults].join(', '),
    advice: adviceFor(counts),
  }
}

async function count(store: Store, accountId: string, now: number, counts: Counts): Promise<void> {
  let after: string | undefined
  for (;;) {
    const page = await store.transfer.readErasures(accountId, {
      ...(after !== undefined && { after }),
      limit: PAGE,
    })
    for (const { requestedAt, erasedAt, purgedAt } of page) {
      counts.all += 1
      if (erasedAt === undefined && requestedAt < now - DONE_AFTER) counts.unfinished += 1
      if (erasedAt !== undefined && purgedAt === undefined && erasedAt < now - PURGED_AFTER) {
        counts.unpurged += 1
      }
    }
    after = page.at(-1)?.erasureId
    if (page.length < PAGE) return
  }
}

function adviceFor({ unfinished, unpurged }: Counts): string | undefined {
  if (unfinished > 0) return 'Start a server, which goes on with them, and look for failures in its log.'
  if (unpurged === 0) return undefined
  return 'Let a server run with --purge-at set to a quiet time, or run: parlance erase --purge'
}

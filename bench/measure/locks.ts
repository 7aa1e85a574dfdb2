import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** Looks again and again at what the transactions of a database wait for. */
export interface LockWatch {
  begin(): void
  end(): Promise<void>
  /** How many transactions were looked at, each as often as it was seen. */
  looks(): number
  /** Percent of them that waited for what another transaction holds; undefined where none was seen. */
  percent(): number | undefined
  /** How many waited, by the kinds of what they waited for (wait_event of wait_event_type Lock). */
  kinds(): Readonly<Record<string, number>>
}

const LOOK_EVERY = 5
const WAITING = `SELECT CASE wait_event_type WHEN 'Lock' THEN wait_event ELSE '' END AS kind, count(*)::int AS count
  FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
  GROUP BY 1`
/** To make a file longer is one process's turn at a time, and is over in microseconds; it is nobody's row. */
const FILE = 'extend'

export function watchLocks(url: string): LockWatch {
  const seen = new Map<string, number>()
  let watching: AbortController | undefined
  let ended: Promise<void> | undefined
  async function watch({ signal }: AbortController): Promise<void> {
    const client = new Client({ connectionString: url })
    await client.connect()
    while (!signal.aborted) {
      const { rows } = await client.query<{ kind: string; count: number }>(WAITING)
      for (const { kind, count } of rows) seen.set(kind, (seen.get(kind) ?? 0) + count)
      await sleep(LOOK_EVERY)
    }
    await client.end()
  }
  const looks = () => [...seen.values()].reduce((sum, count) => sum + count, 0)
  return {
    begin() {
      watching = new AbortController()
      ended = watch(watching)
    },
    async end() {
      watching?.abort()
      await ended
    },
    looks,
    percent() {
      const none = (seen.get('') ?? 0) + (seen.get(FILE) ?? 0)
      return looks() === 0 ? undefined : 100 * (1 - none / looks())
    },
    kinds: () => Object.fromEntries([...seen].filter(([kind]) => kind !== '')),
  }
}

import { readFileSync } from 'node:fs'
import { createAccess, startServer } from '../fixtures/server.ts'

/**
 * A server in a process of its own, so that its memory can be measured. It tells where it listens, and at every
 * message the most memory that it has ever held, in bytes.
 */
const cleanups: (() => unknown)[] = []
const server = await startServer(
  { after: (cleanup) => cleanups.push(cleanup) },
  { PARLANCE_LOG_LEVEL: 'error' },
)
const { token } = await createAccess(server)
process.send?.({ address: server.address, token })
process.on('message', () => process.send?.({ held: mostHeld(), log: server.log }))

/** `maxRSS` counts what the parent held when it forked; Linux tells of this process alone. */
function mostHeld(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
}

process.once('disconnect', async () => {
  for (const cleanup of cleanups) await cleanup()
})

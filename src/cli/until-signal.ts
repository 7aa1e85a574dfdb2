import type { Running } from '../main.ts'

/** A terminal sends Ctrl-C to every process of its group, and npm and our launcher hand it on once more. */
const SAME_PRESS = 500

/**
 * Runs `begin` and then keeps the server going until SIGTERM, SIGINT or SIGHUP; resolves when it has stopped. A
 * second signal, later than half a second, ends the process at once: whoever presses Ctrl-C again does not want to
 * wait. Where `begin` fails the server is stopped, and the failure thrown.
 */
export async function untilSignal(running: Running, begin: () => Promise<void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let stoppedAt: number | undefined
  const stop = () => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now()
      running.stop().then(resolve, reject)
    } else if (performance.now() - stoppedAt > SAME_PRESS) process.exit(1)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  try {
    await begin()
  } catch (error) {
    // A store that is closed under it, by a signal, is no failure.
    if (stoppedAt === undefined) {
      await running.stop()
      throw error
    }
  }
  await promise
}

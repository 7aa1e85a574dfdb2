/** A terminal sends Ctrl-C to every process of its group, and npm and our launcher hand it on once more. */
const SAME_PRESS = 500

/** A server, in one process or several. */
export interface Stoppable {
  stop(): Promise<void>
  /** Ends at once what would outlive this process. */
  abandon?(): void
  /** Resolves when the server cannot go on, with what to tell. */
  failure?: Promise<Error>
}

/**
 * Runs `begin` and then keeps the server going until SIGTERM, SIGINT or SIGHUP; resolves when it has stopped. A
 * second signal, later than half a second, ends the process at once: whoever presses Ctrl-C again does not want to
 * wait. Where `begin` or the server itself fails the server is stopped, and the failure thrown.
 */
export async function untilSignal(running: Stoppable, begin: () => Promise<void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let stoppedAt: number | undefined
  const stop = () => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now()
      running.stop().then(resolve, reject)
    } else if (performance.now() - stoppedAt > SAME_PRESS) {
      running.abandon?.()
      process.exit(1)
    }
  }
  void running.failure?.then(async (failure) => {
    await running.stop()
    reject(failure)
  })
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

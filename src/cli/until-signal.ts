/** A terminal sends Ctrl-C to every process of its group, and npm and our launcher hand it on once more. */
const SAME_PRESS = 500

/** A server, in one process or several. */
export interface Stoppable {
  stop(): Promise<void>
  /** What SIGHUP means, where it does not mean to stop. */
  hangUp?: () => Promise<void>
  /** Ends at once what would outlive this process. */
  abandon?(): void
  /** Resolves when the server cannot go on, with what to tell. */
  failure?: Promise<Error>
}

/** The server; undefined where it did not start because it was told to stop: a signal goes to its workers as well. */
async function startedOf<Server>(starting: Server | Promise<Server>, isStopped: () => boolean) {
  try {
    return await starting
  } catch (error) {
    if (isStopped()) return undefined
    throw error
  }
}

/**
 * Runs `begin` when the server has started, and keeps it going until SIGTERM or SIGINT (or SIGHUP, where the server makes
 * nothing else of it); resolves when it has stopped. A signal that comes earlier stops it as soon as it has started. A second one, later than half a second, ends
 * the process at once: whoever presses Ctrl-C again does not want to wait. Where the start, `begin` or the server itself
 * fails the server is stopped, and the failure thrown.
 */
export async function untilSignal<Server extends Stoppable>(
  starting: Server | Promise<Server>,
  begin: (server: Server) => Promise<void>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let server: Server | undefined
  let stoppedAt: number | undefined
  const stop = () => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now()
      server?.stop().then(resolve, reject)
    } else if (performance.now() - stoppedAt > SAME_PRESS) {
      server?.abandon?.()
      process.exit(1)
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  process.on('SIGHUP', () => {
    if (server?.hangUp === undefined || stoppedAt !== undefined) stop()
    else void server.hangUp()
  })
  const running = await startedOf(starting, () => stoppedAt !== undefined)
  if (running === undefined) return
  server = running
  void running.failure?.then(async (failure) => {
    await running.stop()
    reject(failure)
  })
  if (stoppedAt !== undefined) return running.stop()
  try {
    await begin(running)
  } catch (error) {
    // A store that is closed under it, by a signal, is no failure.
    if (stoppedAt === undefined) {
      await running.stop()
      throw error
    }
  }
  await promise
}

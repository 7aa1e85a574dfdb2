import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { WorkersFailed } from './errors.ts'
import type { Member } from './member.ts'

const SECOND = 1000
/** A worker that ends sooner than this after its start was no good from the start. */
const EARLY = 10 * SECOND
/** How often in a row a worker may end early before the whole gives up. */
const MAX_EARLY = 6
/** The pause before one that ended early is replaced doubles from the first to the last. */
const FIRST_PAUSE = SECOND / 10
const LAST_PAUSE = 5 * SECOND

export interface CrewOptions {
  size: number
  fork(number: number): Member
  /** A worker has ended, for whatever reason. */
  onEnd(member: Member): void
  /** One that ended unasked is about to be replaced. */
  onRestart(): void
  /** Milliseconds that a worker has from being told to stop until it is killed. */
  stopTimeout: number
  logger: Logger
}

/** The workers of one server: as many as were asked for, each replaced when it ends unasked. */
export interface Crew {
  /** Resolves when all listen, with the base of their links; rejects with the first failure, when all have ended. */
  start(): Promise<string>
  /** Those that listen. */
  readonly serving: ReadonlySet<Member>
  /** Resolves when one of them ends again and again, with what to tell. */
  readonly failure: Promise<Error>
  /** Resolves when all have finished what runs, and ended. */
  stop(): Promise<void>
  /** Ends all at once. */
  kill(): void
}

export function createCrew({ size, fork, onEnd, onRestart, stopTimeout, logger }: CrewOptions): Crew {
  const members = new Set<Member>()
  const serving = new Set<Member>()
  const stopping = new AbortController()
  const { promise: failure, resolve: fail } = Promise.withResolvers<Error>()

  function begin(number: number): Member {
    const member = fork(number)
    members.add(member)
    member.listening.then(
      () => {
        serving.add(member)
        logger.info({ worker: number, pid: member.pid }, 'worker serves')
      },
      () => {},
    )
    void member.ended.then(() => {
      members.delete(member)
      serving.delete(member)
      onEnd(member)
    })
    return member
  }

  async function keep(first: Member): Promise<void> {
    let member = first
    let early = 0
    for (;;) {
      const end = await member.ended
      if (stopping.signal.aborted) return
      const reason = await reasonOf(member)
      logger.error({ worker: member.number, pid: member.pid, ...end, reason }, 'worker ended')
      early = performance.now() - member.startedAt < EARLY ? early + 1 : 0
      if (early === MAX_EARLY) return fail(tooOften(member, reason))
      await pause(early)
      if (stopping.signal.aborted) return
      onRestart()
      member = begin(member.number)
    }
  }

  async function pause(early: number): Promise<void> {
    if (early === 0) return
    const milliseconds = Math.min(FIRST_PAUSE * 2 ** (early - 1), LAST_PAUSE)
    await sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => {})
  }

  function kill(): void {
    for (const member of members) member.kill()
  }

  async function end(member: Member): Promise<void> {
    // What does not listen yet has nothing to finish.
    if (serving.has(member)) member.call('stop').then(member.release, () => {})
    else member.kill()
    await member.ended
  }

  return {
    serving,
    failure,
    kill,
    async start() {
      const firsts = Array.from({ length: size }, (_, index) => begin(index + 1))
      try {
        const [url] = await Promise.all(firsts.map(({ listening }) => listening))
        for (const member of firsts) void keep(member)
        return url as string
      } catch (error) {
        kill()
        await Promise.all(firsts.map(({ ended }) => ended))
        throw error
      }
    },
    async stop() {
      stopping.abort()
      const timer = setTimeout(kill, stopTimeout)
      await Promise.all([...members].map(end))
      clearTimeout(timer)
    },
  }
}

/** Why a worker could not start; undefined for one that did. */
async function reasonOf({ listening }: Member): Promise<string | undefined> {
  try {
    await listening
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function tooOften({ number }: Member, reason: string | undefined): WorkersFailed {
  const last = reason === undefined ? 'The log may tell why.' : `The last time: ${reason}`
  return new WorkersFailed(
    `Worker ${number} ended ${MAX_EARLY} times in a row soon after its start, so the server stops. ${last}`,
  )
}

import type { Clock } from '../../src/sweep/clock.ts'
import type { ChoreName, Report } from '../../src/sweep/report.ts'

/** A clock that stands still until it is told to go on. */
export class TestClock implements Clock {
  time: number
  /** How long it was to sleep, each time. */
  readonly slept: number[] = []
  #sleepers: { milliseconds: number; until: number; wake(): void }[] = []

  constructor(time: number) {
    this.time = time
  }

  now(): number {
    return this.time
  }

  /** Pauses that are due by now are over at once. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.slept.push(milliseconds)
    if (milliseconds <= 0 || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      this.#sleepers.push({ milliseconds, until: this.time + milliseconds, wake: resolve })
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  advance(milliseconds: number): void {
    this.time += milliseconds
    this.#wake(({ until }) => until <= this.time)
  }

  /** Ends pauses of so many milliseconds at most, as if the time were over, for others who go by the same clock. */
  hurry(milliseconds: number): void {
    this.#wake((sleeper) => sleeper.milliseconds <= milliseconds)
  }

  #wake(isDue: (sleeper: { milliseconds: number; until: number }) => boolean): void {
    const due = this.#sleepers.filter(isDue)
    this.#sleepers = this.#sleepers.filter((sleeper) => !isDue(sleeper))
    for (const { wake } of due) wake()
  }
}

/** What was reported, in order. */
export class Reported implements Report {
  readonly bites: { work: ChoreName; accountId: string; count: number }[] = []
  readonly ends: { work: ChoreName; accountId: string; interactions: number }[] = []
  readonly failures: { work: string; accountId: string | undefined; message: string }[] = []
  purges = 0
  lastPurge: number | undefined

  bitten(work: ChoreName, accountId: string, { count }: { count: number }): void {
    this.bites.push({ work, accountId, count })
  }

  finished(work: ChoreName, accountId: string, interactions: number): void {
    this.ends.push({ work, accountId, interactions })
  }

  failed(work: string, accountId: string | undefined, { message }: Error): void {
    this.failures.push({ work, accountId, message })
  }

  purged(): void {
    this.purges += 1
  }

  lastPurged(at: number): void {
    this.lastPurge = at
  }

  /** How many interactions a kind of work has dealt with. */
  count(work: ChoreName): number {
    return this.bites.reduce((sum, bite) => sum + (bite.work === work ? bite.count : 0), 0)
  }
}

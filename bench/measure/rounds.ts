import type { Figure } from '../report/figures.ts'
import { type Ask, load } from './load.ts'
import type { Job, Server } from './process.ts'

/** What one round gave. */
export interface Round {
  units: number
  seconds: number
  /** Seconds. */
  cpu: number
  /** Milliseconds a request, where there are requests. */
  p50?: number
  p99?: number
  /** Of bodies on the wire. */
  bytes?: number
}

/** Something that is measured in rounds. */
export interface Subject {
  name: string
  unit: string
  round(number: number): Promise<Round>
  server?: Server
}

/**
 * Rounds of requests until V8 has compiled what they run with all that it can find out: on PostgreSQL a page cost our process 380 µs
 * among the first 3,000, 330 after 6,000 and 300 from 18,000 on. A server that has run for a minute is what is of interest.
 */
export const WARM_UP = 5

/**
 * Measures the subjects in alternating rounds, so that the machine's noise meets all of them, and gives the median of
 * each figure over the rounds. `warmUp` rounds before them do not count.
 */
export async function interleave(
  subjects: Subject[],
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<Figure[]> {
  const given = subjects.map(() => [] as Round[])
  for (const { server } of subjects) server?.resetPeak()
  const first = -warmUp
  for (let number = first; number < rounds; number += 1) {
    // To and fro, so that none always comes right behind the same other one.
    const order = Math.abs(number) % 2 === 0 ? [...subjects.entries()] : [...subjects.entries()].toReversed()
    for (const [index, subject] of order) {
      const round = await subject.round(number)
      if (number >= 0) given[index]?.push(round)
    }
  }
  return subjects.map((subject, index) => figureOf(subject, given[index] as Round[]))
}

function figureOf({ name, unit, server }: Subject, rounds: Round[]): Figure {
  const middle = (value: (round: Round) => number | undefined) => median(rounds.map(value))
  return {
    name,
    unit,
    perSecond: middle(({ units, seconds }) => units / seconds) as number,
    cpuMicroseconds: middle(({ units, cpu }) => (cpu / units) * 1e6) as number,
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    wireBytes: middle(({ bytes, units }) => bytes && bytes / units),
    peakMegabytes: server?.peakMegabytes(),
  }
}

function median(values: (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2
}

export interface Served {
  name: string
  unit: string
  server: Server
  /** What to ask in a round; each round goes on where the last one ended. */
  asks: () => Promise<Ask[]> | Ask[]
  /** Requests in a round. */
  count: number
  connections: number
  /** Units in a request, where it is not one. */
  units?: number
}

/** A server that is asked. */
export function served({ name, unit, server, asks, count, connections, units = 1 }: Served): Subject {
  let first = 0
  return {
    name,
    unit,
    server,
    async round() {
      const all = await asks()
      const before = server.cpu()
      const result = await load(server.url, all, { count, first, connections })
      first += count
      return { ...result, units: count * units, cpu: server.cpu() - before }
    },
  }
}

/** A job that is told to do `units` in each round. */
export function done<Task>(
  name: string,
  unit: string,
  job: Job<Task>,
  units: number,
  task: (round: number) => Task,
): Subject {
  return {
    name,
    unit,
    async round(number) {
      return { units, ...(await job.run(task(number))) }
    },
  }
}

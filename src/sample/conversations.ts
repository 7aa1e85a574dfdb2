import { DAY_MS } from './calendar.ts'
import { conversationsOf } from './day.ts'
import { createPeople } from './people.ts'
import type { SampleInteraction } from './types.ts'

export type { SampleInteraction, SampleMessage } from './types.ts'

export interface SampleOptions {
  /** The same seed gives the same company, customers and conversations. */
  readonly seed: string
  /** The earliest start, inclusive. */
  readonly from: Date
  /** The latest start and end, inclusive. */
  readonly to: Date
  /** Conversations on a working day, about; 130 unless told. Weekends have fewer. */
  readonly perDay?: number
}

/**
 * Makes conversations as a contact centre has them, in order of `started_at`.
 *
 * Those of a UTC day depend on the seed, the day and `perDay` alone: another range gives the same ones for
 * the days both have. Yields only what started from `from` and had ended by `to`. Throws a TypeError for a
 * time that is none, and for a `perDay` that is not a number from 0 on.
 */
export function* sampleConversations(options: SampleOptions): Generator<SampleInteraction> {
  const { seed, perDay = 130 } = options
  const from = options.from.getTime()
  const to = options.to.getTime()
  if (Number.isNaN(from) || Number.isNaN(to)) throw new TypeError('The range of the sample is not a time.')
  if (!(perDay >= 0 && perDay < Number.POSITIVE_INFINITY))
    throw new TypeError('perDay is not a number from 0 on.')
  const people = createPeople(seed)
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day <= to; day += DAY_MS) {
    for (const held of conversationsOf(seed, people, day, perDay)) {
      if (held.start >= from * 1000 && held.end <= to * 1000) yield held.interaction
    }
  }
}

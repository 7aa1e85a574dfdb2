/** What was measured of one thing, per unit of work. */
export interface Figure {
  name: string
  unit: string
  /** Units a second on this machine; CPU microseconds a unit decide, since machines are noisy. */
  perSecond: number
  cpuMicroseconds: number
  /** Milliseconds. */
  p50?: number
  p99?: number
  wireBytes?: number
  /** The most memory that one process held meanwhile, in MB (10^6 bytes). */
  peakMegabytes?: number
}

/** A thing of ours beside what it is compared to. */
export interface Row {
  ours: Figure
  limits: Figure[]
  /** CPU microseconds that ours are divided by, where it is compared. */
  against?: number
  ratio?: number
  /** The most that the ratio should be. */
  target?: number
  /** The goal that this row decides, where it decides one. */
  goal?: string
}

export interface Table {
  title: string
  /** What the ratio is to. */
  note: string
  rows: Row[]
}

/** The most memory that a process of ours should hold, in MB, whatever it serves or takes in. */
export const MOST_MEGABYTES = 250

export function rowOf(ours: Figure, limits: Figure[], against: number | undefined, target?: number): Row {
  // In a round that is too short the clock, which ticks a hundred times a second, may not have moved.
  const ratio = against ? ours.cpuMicroseconds / against : undefined
  return { ours, limits, against, ratio, target }
}

/** By the two decimals that are told. */
export function meetsTarget({ ratio, target }: Row): boolean | undefined {
  return ratio === undefined || target === undefined ? undefined : Math.round(ratio * 100) / 100 <= target
}

export function fitsMemory({ peakMegabytes }: Figure): boolean | undefined {
  return peakMegabytes === undefined ? undefined : peakMegabytes <= MOST_MEGABYTES
}

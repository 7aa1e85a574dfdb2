import type { Config } from '../config.ts'
import type { Claim, Grant, Wish } from './limits.ts'
import type { MetricValues } from './totals.ts'

/** What a worker is told when it comes. */
export interface Assignment {
  /** Which worker it is, from 1. */
  worker: number
  config: Config
}

/** Why a worker cannot start; an error without what a message cannot carry. */
export interface Fault {
  message: string
  code?: string
  syscall?: string
  address?: string
  port?: number
  hostname?: string
}

/** What workers ask of the primary. */
export interface PrimaryCalls {
  hello(): Assignment
  /** It listens, and this is the base of its links. */
  listening(url: string): void
  failed(fault: Fault): void
  lease(wish: Wish): Promise<Grant>
  /** The metrics of all, as text. */
  metrics(): Promise<string>
}

/** What the primary asks of a worker. */
export interface WorkerCalls {
  collect(): Promise<MetricValues[]>
  /** Gives up unused permits of the rate limit; gives how many. */
  giveBack(claim: Claim): number
  /** Opens the audit file by its name again. */
  hangUp(): Promise<void>
  /** Finishes what runs. */
  stop(): Promise<void>
}

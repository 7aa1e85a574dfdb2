import type { Agent, Bot } from './people.ts'
import type { Scene } from './scene.ts'
import type { Participant } from './types.ts'

/** What a turn feels like: glad, neutral, upset, or some of both. */
export type Mood = '+' | '0' | '-' | '~'

export interface Intent {
  readonly name: string
  /** 0 to 1. */
  readonly score: number
  readonly fallback: boolean
}

/** One thing said, before it has a time. */
export interface Turn {
  readonly speaker: Participant
  text: string
  readonly mood: Mood
  /** Silence before the turn in seconds, on top of the usual gap. */
  readonly pause: number
  /** Who said it, where that is not the customer. */
  readonly by?: Agent | Bot
  /** Said to or by a virtual agent. */
  readonly virtual: boolean
  /** 0 for the first recording of a call, 1 after a transfer. */
  readonly recording: number
  readonly intent?: Intent
}

/** What the customer comes with, and how the agent takes it up. */
export interface Opening {
  readonly mood: Mood
  /** Whole sentences without a greeting. */
  readonly says: readonly string[]
  readonly ack: readonly string[]
}

export type Outcome = 'good' | 'fine' | 'bad'

/** The parts every conversation has, in one language. */
export interface Manners {
  open(scene: Scene, opening: Opening): void
  verify(scene: Scene): void
  hold(scene: Scene): void
  close(scene: Scene, outcome: Outcome): void
}

import type { Scene } from '../scene.ts'
import type { Direction, Language, Medium, Team } from '../types.ts'

/** A story that plays between a customer and a person of ours. */
export interface Scenario {
  readonly name: string
  readonly team: Team
  readonly language: Language
  readonly direction: Direction
  /** How often it happens, next to the others of its direction and language. */
  readonly weight: number
  readonly media: readonly Medium[]
  /** How it starts where a virtual agent answers first; left out where none would. */
  readonly bot?: BotStart
  play(scene: Scene): void
}

export interface BotStart {
  readonly intent: string
  /** What the virtual agent tells its colleague, after "about": "a late delivery". */
  readonly gist: string
  /** How customers put it in a few words. */
  readonly asks: readonly string[]
}

export const ANY: readonly Medium[] = ['voice', 'voice', 'voice', 'chat', 'chat', 'sms', 'digital']
export const SPOKEN: readonly Medium[] = ['voice']
export const SPOKEN_OR_CHAT: readonly Medium[] = ['voice', 'voice', 'chat']
export const TYPED: readonly Medium[] = ['chat', 'chat', 'chat', 'digital', 'sms']

/** An inbound story in English; `more` says what is different. */
export function inbound(
  name: string,
  team: Team,
  weight: number,
  play: (scene: Scene) => void,
  more: Partial<Pick<Scenario, 'media' | 'bot' | 'language'>> = {},
): Scenario {
  return { name, team, weight, play, language: 'en', direction: 'IN', media: ANY, ...more }
}

/** A story that starts with us, in English. */
export function outbound(
  name: string,
  team: Team,
  weight: number,
  media: readonly Medium[],
  play: (scene: Scene) => void,
): Scenario {
  return { name, team, weight, media, play, language: 'en', direction: 'OUT' }
}

import { dateName, dayName, fullDay, monthName, notSunday, onDay, workday } from './calendar.ts'
import type { Agent, Bot, Customer } from './people.ts'
import type { Random } from './random.ts'
import type { Intent, Manners, Mood, Opening, Outcome, Turn } from './story.ts'
import type { Medium, Participant, Team } from './types.ts'
import { money, spin } from './wording.ts'

export interface SceneParts {
  readonly random: Random
  readonly customer: Customer
  /** The person who answers; for a conversation with a virtual agent alone, nobody. */
  readonly agent?: Agent
  readonly bot: Bot
  readonly team: Team
  readonly medium: Medium
  /** Milliseconds at the start of the UTC day of the conversation. */
  readonly day: number
  /** Hour of the day, 0 to 23. */
  readonly hour: number
  readonly manners: Manners
  /** Finds somebody else of a team, to transfer to. */
  readonly colleague: (team: Team) => Agent
}

/** A conversation while it is being written: scenarios say lines into it, and it keeps the turns. */
export class Scene {
  readonly turns: Turn[] = []
  readonly random: Random
  readonly customer: Customer
  readonly bot: Bot
  readonly team: Team
  readonly medium: Medium
  readonly voice: boolean
  readonly hour: number
  /** Everybody of ours who has taken part, in order. */
  readonly agents: Agent[] = []
  /** The teams the conversation has been with, in order. */
  readonly teams: Team[]
  /** What the virtual agent said the customer wants, where it handed over. */
  gist = ''
  /** The customer has already said who they are. */
  identified = false
  #agent: Agent | undefined
  #pause = 0
  #recording = 0
  readonly #day: number
  readonly #manners: Manners
  readonly #colleague: (team: Team) => Agent

  constructor(parts: SceneParts) {
    this.random = parts.random
    this.customer = parts.customer
    this.bot = parts.bot
    this.team = parts.team
    this.medium = parts.medium
    this.voice = parts.medium === 'voice'
    this.hour = parts.hour
    this.teams = parts.agent ? [parts.team] : []
    this.#agent = parts.agent
    if (parts.agent) this.agents.push(parts.agent)
    this.#day = parts.day
    this.#manners = parts.manners
    this.#colleague = parts.colleague
  }

  /** The first name of the customer. */
  get name(): string {
    return this.customer.first
  }

  /** The agent who is in the conversation now. */
  get agent(): Agent {
    if (!this.#agent) throw new TypeError('Nobody answers in this conversation.')
    return this.#agent
  }

  /** What was said last, before anybody's habits of speech; empty at the start. */
  get last(): string {
    return this.turns.at(-1)?.text ?? ''
  }

  /** Short messages, minutes apart. */
  get brief(): boolean {
    return this.medium === 'sms' || this.medium === 'digital'
  }

  /** The customer says one of the lines. */
  them(mood: Mood, ...lines: readonly string[]): void {
    this.#say('CONTACT', mood, lines)
  }

  /** The agent says one of the lines. */
  us(mood: Mood, ...lines: readonly string[]): void {
    this.#say('USER', mood, lines, { by: this.agent })
  }

  /** Another of our people says one of the lines. */
  colleague(agent: Agent, mood: Mood, ...lines: readonly string[]): void {
    this.#say('USER', mood, lines, { by: agent })
  }

  /** The virtual agent says one of the lines. */
  botSays(...lines: readonly string[]): void {
    this.#say('BOT', '0', lines, { by: this.bot, virtual: true })
  }

  /** The customer tells the virtual agent one of the lines, which it takes as `intent`. */
  tellsBot(intent: string, ...lines: readonly string[]): void {
    const score = rounded(1 - this.#unlikely() * 0.38)
    this.#say('CONTACT', '0', lines, {
      virtual: true,
      by: this.bot,
      intent: { name: intent, score, fallback: false },
    })
  }

  /** The customer tells the virtual agent something that it cannot make out. */
  baffles(...lines: readonly string[]): void {
    const score = rounded(0.05 + this.random.next() * 0.36)
    this.#say('CONTACT', '0', lines, {
      virtual: true,
      by: this.bot,
      intent: { name: 'fallback', score, fallback: true },
    })
  }

  /** A number in [0, 1), mostly small. */
  #unlikely(): number {
    const u = this.random.next()
    return u * u * u
  }

  #say(
    speaker: Participant,
    mood: Mood,
    lines: readonly string[],
    extra: { by?: Agent | Bot; virtual?: boolean; intent?: Intent } = {},
  ): void {
    this.turns.push({
      speaker,
      mood,
      text: this.line(lines),
      pause: this.#pause,
      virtual: false,
      recording: this.#recording,
      ...extra,
    })
    this.#pause = 0
  }

  /** One of the lines as it is said, with its alternatives chosen. */
  line(lines: readonly string[]): string {
    return spin(this.random, this.random.pick(lines)).replace(/ {2,}/g, ' ').trim()
  }

  /** Nobody says anything for some time; seconds. */
  wait(low: number, high: number): void {
    this.#pause += low + this.random.next() * (high - low)
  }

  /** Somebody else takes over; a call gets a new recording. */
  transfer(team: Team): Agent {
    const agent = this.#colleague(team)
    this.#agent = agent
    this.agents.push(agent)
    if (this.teams.at(-1) !== team) this.teams.push(team)
    this.#recording += 1
    return agent
  }

  /** Finds a colleague who joins without a transfer. */
  callColleague(team: Team): Agent {
    const agent = this.#colleague(team)
    this.agents.push(agent)
    return agent
  }

  /** Greeting, what the customer wants, and the first answer to it. */
  open(opening: Opening): void {
    this.#manners.open(this, opening)
  }

  /** The agent makes sure who the customer is. */
  verify(): void {
    this.#manners.verify(this)
  }

  /** The agent looks something up while the customer waits. */
  hold(): void {
    this.#manners.hold(this)
  }

  close(outcome: Outcome): void {
    this.#manners.close(this, outcome)
  }

  chance(p: number): boolean {
    return this.random.chance(p)
  }

  pick<T>(...list: readonly T[]): T {
    return this.random.pick(list)
  }

  between(low: number, high: number): number {
    return this.random.between(low, high)
  }

  /** A number of exactly so many digits. */
  digits(count: number): string {
    return String(this.between(10 ** (count - 1), 10 ** count - 1))
  }

  /** An amount in the customer's currency, as it is written there. */
  money(amount: number): string {
    return money(amount, this.customer.language)
  }

  /** Some days ago, not a Sunday: an offset for the methods below. */
  back(low: number, high: number): number {
    return notSunday(this.#day, -this.between(low, high))
  }

  /** In some days, not a Sunday. */
  ahead(low: number, high: number): number {
    return notSunday(this.#day, this.between(low, high))
  }

  /** In some days, Monday to Friday. */
  workday(low: number, high: number): number {
    return workday(this.#day, this.between(low, high))
  }

  /** "yesterday", "Tuesday", "March 9" */
  day(offset: number): string {
    return dayName(this.customer.language, this.#day, offset)
  }

  /** "yesterday", "on Tuesday", "on March 9" */
  on(offset: number): string {
    return onDay(this.customer.language, this.#day, offset)
  }

  /** "March 9" */
  date(offset: number): string {
    return dateName(this.customer.language, this.#day, offset)
  }

  /** "Tuesday, March 9" */
  fullDay(offset: number): string {
    return fullDay(this.customer.language, this.#day, offset)
  }

  /** "March" */
  month(offset: number): string {
    return monthName(this.customer.language, this.#day, offset)
  }

  /** "morning", "afternoon" or "evening", as it is now. */
  get daytime(): string {
    if (this.hour < 12) return 'morning'
    return this.hour < 17 ? 'afternoon' : 'evening'
  }
}

/** To four decimals. */
function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000
}

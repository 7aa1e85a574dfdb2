import { instant } from './calendar.ts'
import type { Random } from './random.ts'
import type { Scene } from './scene.ts'
import type { Mood } from './story.ts'
import type { Timed, TimedTurn } from './timing.ts'
import type { Channel, Direction, SampleInteraction, SampleMessage, Sentiment, Team } from './types.ts'

const TEAMS: Readonly<Record<Team, string>> = {
  billing: 'Billing',
  deliveries: 'Deliveries',
  technical: 'Technical Support',
  bookings: 'Bookings',
  retention: 'Retention',
  accounts: 'Accounts',
  relations: 'Customer Relations',
  languages: 'Languages',
}

const LANGUAGE_QUEUES = {
  en: 'Languages',
  es: 'Español',
  pt: 'Português',
  de: 'Deutsch',
  fr: 'Français',
} as const

const PERSON_CHANNEL = { voice: 'VOICE', chat: 'CHAT', sms: 'SMS', digital: 'DIGITAL_CONNECT' } as const
const BOT_CHANNEL = { voice: 'VOICE', chat: 'WEBCHAT', sms: 'SMS', digital: 'DIGITAL_CONNECT' } as const

const SENTIMENTS: Readonly<Record<Mood, Sentiment>> = {
  '+': 'POSITIVE',
  '0': 'NEUTRAL',
  '-': 'NEGATIVE',
  '~': 'MIXED',
}

/** What holds for all messages of an interaction. */
interface Habits {
  readonly random: Random
  /** The digital engine gives a sentiment. */
  readonly rated: boolean
  /** Who of several people of ours speaks is only told by the message. */
  readonly named: boolean
  readonly transcription: 'POST_CALL' | 'REAL_TIME'
  readonly recordings: string[]
}

/** Writes a scene down in the contract's form; `start` in microseconds since 1970. */
export function buildInteraction(
  scene: Scene,
  direction: Direction,
  timed: Timed,
  start: number,
): SampleInteraction {
  const { random } = scene
  const id = random.uuid()
  const habits: Habits = {
    random,
    rated: random.chance(0.85),
    named: scene.agents.length > 1,
    transcription: random.chance(0.08) ? 'REAL_TIME' : 'POST_CALL',
    recordings: [],
  }
  const indexes = new Map<string, number>()
  const messages = timed.turns.map((it) => {
    // Speech to text counts within a recording, everything else within the interaction.
    const counter = it.recordingStart === undefined ? 'interaction' : `recording ${it.turn.recording}`
    const index = indexes.get(counter) ?? 0
    indexes.set(counter, index + 1)
    return message(scene, habits, it, index)
  })
  return {
    id,
    customer_id: scene.customer.id,
    started_at: instant(start),
    ended_at: instant(timed.end),
    direction,
    ring_groups: [...new Set(scene.agents.flatMap((it) => it.teams))].map((it) => TEAMS[it]),
    ...(direction === 'IN' && scene.teams.length > 0
      ? { queues: scene.teams.map((it) => queue(scene, it)) }
      : {}),
    messages,
    agents: scene.agents.map(({ id, name }) => ({ id, name })),
  }
}

function queue(scene: Scene, team: Team): string {
  const name = team === 'languages' ? LANGUAGE_QUEUES[scene.customer.language] : TEAMS[team]
  return `${name} ${scene.voice ? 'Voice' : 'Digital'}`
}

function message(scene: Scene, habits: Habits, it: TimedTurn, index: number): SampleMessage {
  if (it.turn.virtual) return fromBot(scene, habits, it, index)
  const rated = scene.voice || habits.rated
  const { by } = it.turn
  return {
    ...base(habits, it, scene.voice ? 'STT' : 'DCE', PERSON_CHANNEL[scene.medium]),
    ...(rated ? { sentiment: sentiment(habits.random, it.turn.mood) } : {}),
    ...(it.recordingStart === undefined ? {} : spoken(habits, it, it.recordingStart)),
    message_index: index,
    message_start_at: instant(it.start),
    ...(habits.named && by ? { agent_id: by.id, agent_name: by.name } : {}),
  }
}

function fromBot(scene: Scene, habits: Habits, it: TimedTurn, index: number): SampleMessage {
  const { intent } = it.turn
  return {
    ...base(habits, it, 'VA', BOT_CHANNEL[scene.medium]),
    ...(intent
      ? { intent: intent.name, intent_confidence_score: intent.score, intent_is_fallback: intent.fallback }
      : {}),
    message_index: index,
    message_start_at: instant(it.start),
    agent_id: scene.bot.id,
    agent_name: scene.bot.name,
  }
}

function base(
  habits: Habits,
  { turn }: TimedTurn,
  source_system: SampleMessage['source_system'],
  channel: Channel,
) {
  const message_id = habits.random.uuid()
  return { message_id, text: turn.text, channel, participant: turn.speaker, source_system }
}

function spoken(habits: Habits, it: TimedTurn, recordingStart: number) {
  const { recordings, random } = habits
  const recording_index = it.turn.recording
  const recording_id = recordings[recording_index] ?? random.uuid()
  recordings[recording_index] = recording_id
  return {
    start_time: seconds(it.start - recordingStart),
    end_time: seconds(it.end - recordingStart),
    transcription_type: habits.transcription,
    recording_id,
    recording_index,
  }
}

/** Whole microseconds as seconds with at most three decimals. */
function seconds(micros: number): number {
  return Math.round(micros / 1000) / 1000
}

/** What a classifier makes of a mood: mostly right. */
function sentiment(random: Random, mood: Mood): Sentiment {
  return random.chance(0.05) ? 'NEUTRAL' : SENTIMENTS[mood]
}

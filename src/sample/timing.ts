import type { Random } from './random.ts'
import type { Turn } from './story.ts'
import type { Medium } from './types.ts'

const SECOND = 1_000_000

/** A turn with its time; microseconds since 1970. */
export interface TimedTurn {
  readonly turn: Turn
  readonly start: number
  /** When the last word was said, or the message sent. */
  readonly end: number
  /** When the recording began that the turn is in; only for calls with a person. */
  readonly recordingStart?: number
}

export interface Timed {
  readonly turns: readonly TimedTurn[]
  readonly end: number
}

/** Gives every turn a time, from when the conversation starts (microseconds since 1970). */
export function layOut(random: Random, turns: readonly Turn[], medium: Medium, start: number): Timed {
  return medium === 'voice' ? speak(random, turns, start) : write(random, turns, medium, start)
}

/** Seconds around `mean`, mostly less and sometimes up to four times as much, at most `most`. */
function about(random: Random, mean: number, most: number): number {
  // Products alone: a logarithm may differ in its last bit from one machine to another.
  const u = random.next()
  return Math.min(4 * u * u * u * mean, most)
}

/** Spoken: as long as the text takes to say, with short gaps and now and then a small overlap. */
function speak(random: Random, turns: readonly Turn[], start: number): Timed {
  const pace = { CONTACT: 12 + random.next() * 5, USER: 13 + random.next() * 4, BOT: 15 }
  const out: TimedTurn[] = []
  let at = start + micros(0.8 + about(random, 2, 6))
  let recording = -1
  let recordingStart = 0
  let previous = start
  for (const turn of turns) {
    if (!turn.virtual && turn.recording !== recording) {
      // The recording begins when somebody picks up.
      recordingStart = at + micros(recording < 0 ? 3 + about(random, 16, 150) : 2 + turn.pause)
      recording = turn.recording
      at = recordingStart + micros(0.3 + random.next() * 1.2)
    } else at += micros(turn.pause + gap(random, turn))
    let begin = Math.max(at, previous + micros(0.25))
    if (!turn.virtual) begin = recordingStart + wholeMillis(begin - recordingStart)
    const length = 0.35 + turn.text.length / pace[turn.speaker] + random.next() * 0.4
    const end = begin + (turn.virtual ? micros(length) : wholeMillis(micros(length)))
    out.push(turn.virtual ? { turn, start: begin, end } : { turn, start: begin, end, recordingStart })
    previous = begin
    at = end
  }
  return { turns: out, end: at + micros(0.4 + random.next() * 2.5) }
}

function gap(random: Random, turn: Turn): number {
  if (turn.speaker === 'BOT') return 0.5 + random.next() * 1.2
  return turn.virtual ? 0.4 + about(random, 0.9, 5) : -0.25 + about(random, 0.75, 4)
}

/** Seconds to read, think and type. */
const WRITERS = {
  chat: { CONTACT: { think: 7, most: 90 }, USER: { think: 5, most: 45 } },
  digital: { CONTACT: { think: 45, most: 600 }, USER: { think: 18, most: 120 } },
  sms: { CONTACT: { think: 80, most: 1200 }, USER: { think: 30, most: 240 } },
} as const

function write(
  random: Random,
  turns: readonly Turn[],
  medium: Exclude<Medium, 'voice'>,
  start: number,
): Timed {
  const out: TimedTurn[] = []
  const typing = { CONTACT: 3.5 + random.next() * 3, USER: 8 + random.next() * 5 }
  let at = start
  let previous: Turn | undefined
  let answered = false
  for (const turn of turns) {
    let wait = turn.pause
    if (turn.speaker === 'BOT') wait += 0.6 + random.next() * 1.8
    else if (!previous) wait += 0.2 + random.next() * 0.8
    else {
      const { think, most } = WRITERS[medium][turn.speaker]
      wait += Math.min(turn.text.length / typing[turn.speaker], 40)
      if (previous.speaker !== turn.speaker)
        wait += Math.min(previous.text.length / 30, 8) + about(random, think, most)
    }
    // The first answer of a person comes when the conversation has been taken from the queue.
    if (turn.speaker === 'USER' && !answered && previous) wait += 4 + about(random, 18, 240)
    if (turn.speaker === 'USER') answered = true
    at += Math.max(micros(wait), 1000)
    out.push({ turn, start: at, end: at })
    previous = turn
  }
  const left = turns.at(-1)?.speaker === 'BOT' ? 2 + about(random, 20, 120) : 4 + about(random, 25, 180)
  return { turns: out, end: at + micros(left) }
}

function micros(seconds: number): number {
  return Math.round(seconds * SECOND)
}

/** Speech to text counts in milliseconds from the start of the recording. */
function wholeMillis(duration: number): number {
  return Math.round(duration / 1000) * 1000
}

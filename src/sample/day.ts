import { DAY_MS } from './calendar.ts'
import type { Desk } from './desk.ts'
import { openDesk } from './desk.ts'
import { buildInteraction } from './interaction.ts'
import { teamName } from './languages/english.ts'
import type { People } from './people.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import { HANDED_OVER, INBOUND, INTERNAL, MANNERS, OUTBOUND } from './scenarios/all.ts'
import { botStarts } from './scenarios/handover.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { virtualInSpanish, virtualScenarios } from './scenarios/virtual.ts'
import { Scene } from './scene.ts'
import { layOut } from './timing.ts'
import type { Direction, Language, Medium, SampleInteraction, Team } from './types.ts'
import { asUttered } from './typing.ts'

const HOUR_MICROS = 3_600_000_000

/** A conversation with the instants its text form is made from; microseconds since 1970. */
export interface Held {
  readonly start: number
  readonly end: number
  readonly interaction: SampleInteraction
}

type Kind = 'person' | 'handover' | 'virtual' | 'outbound' | 'internal'

const KINDS: readonly (readonly [Kind, number])[] = [
  ['person', 61],
  ['handover', 10],
  ['virtual', 16],
  ['outbound', 11],
  ['internal', 2],
]

const LANGUAGES: readonly (readonly [Language, number])[] = [
  ['en', 895],
  ['es', 55],
  ['pt', 17],
  ['de', 17],
  ['fr', 16],
]

/** How busy the days are next to a working day, from Sunday. */
const WEEK = [0.2, 1.14, 1.04, 1, 0.97, 0.93, 0.42]

/** How busy the hours are, from 8 to 20: a peak in the morning, a dip at noon. */
const OFFICE = [7, 11, 12, 10, 7, 6, 8, 9, 8, 6, 4, 3]
/** Virtual agents are asked at any hour. */
const ROUND_THE_CLOCK = [1, 1, 0, 0, 1, 1, 2, 4, 7, 9, 10, 9, 8, 7, 7, 8, 8, 9, 10, 10, 9, 7, 4, 2]
const CALLING_HOURS = [0, 4, 6, 6, 3, 3, 6, 6, 5, 3, 0, 0]

/** All conversations that start on one UTC day (milliseconds at its start), in order of their start. */
export function conversationsOf(seed: string, people: People, day: number, perDay: number): Held[] {
  const random = createRandom(seed, 'day', day / DAY_MS)
  const weekday = new Date(day).getUTCDay()
  const count = Math.round(perDay * (WEEK[weekday] as number) * (0.9 + random.next() * 0.2))
  const desk = openDesk(people.agents, weekday)
  const arrivals = Array.from({ length: count }, (_, index) => {
    const [kind] = random.weighted(KINDS, (it) => it[1])
    return { kind, index, start: day * 1000 + arrival(random, kind) }
  })
  arrivals.sort((a, b) => a.start - b.start || a.index - b.index)
  return arrivals.map(({ kind, index, start }) =>
    hold(createRandom(seed, 'conversation', day / DAY_MS, index), people, desk, kind, day, start),
  )
}

/** Microseconds into the day. */
function arrival(random: Random, kind: Kind): number {
  const [first, hours] =
    kind === 'virtual' ? [0, ROUND_THE_CLOCK] : [8, kind === 'outbound' ? CALLING_HOURS : OFFICE]
  const hour = random.weighted([...hours.keys()], (it) => hours[it] as number)
  return Math.floor((first + hour + random.next()) * HOUR_MICROS)
}

function hold(random: Random, people: People, desk: Desk, kind: Kind, day: number, start: number): Held {
  const hour = Math.floor((start - day * 1000) / HOUR_MICROS)
  const cast = { random, people, desk, day, hour, start }
  const [scene, direction] = kind === 'virtual' ? withBotAlone(cast) : withPerson(cast, kind)
  const timed = layOut(random, asUttered(scene), scene.medium, start)
  for (const agent of scene.agents) desk.occupy(agent, scene.medium, timed.end)
  return { start, end: timed.end, interaction: buildInteraction(scene, direction, timed, start) }
}

interface Cast {
  readonly random: Random
  readonly people: People
  readonly desk: Desk
  readonly day: number
  readonly hour: number
  readonly start: number
}

function withPerson(cast: Cast, kind: Exclude<Kind, 'virtual'>): [Scene, Direction] {
  const scenario = chooseScenario(cast.random, kind)
  const medium = cast.random.pick(scenario.media)
  const scene = setScene(cast, { language: scenario.language, medium, team: scenario.team })
  if (kind === 'handover' && scenario.bot) {
    botStarts(scene, scenario.bot, teamName(scenario.team))
    scene.gist = scenario.bot.gist
  }
  scenario.play(scene)
  return [scene, scenario.direction]
}

function withBotAlone(cast: Cast): [Scene, Direction] {
  const spanish = cast.random.chance(0.05)
  const scenario = spanish ? virtualInSpanish : cast.random.weighted(virtualScenarios, (it) => it.weight)
  const scene = setScene(cast, { language: spanish ? 'es' : 'en', medium: cast.random.pick(scenario.media) })
  scenario.play(scene)
  return [scene, scenario.direction]
}

function chooseScenario(random: Random, kind: Exclude<Kind, 'virtual'>): Scenario {
  const [language] = kind === 'person' ? random.weighted(LANGUAGES, (it) => it[1]) : (['en'] as const)
  const stories = {
    person: INBOUND[language],
    handover: HANDED_OVER,
    outbound: OUTBOUND,
    internal: INTERNAL,
  }[kind]
  return random.weighted(stories, (it) => it.weight)
}

function setScene(cast: Cast, wanted: { language: Language; medium: Medium; team?: Team }): Scene {
  const { random, people, desk, day, hour, start } = cast
  const { language, medium, team = 'accounts' } = wanted
  const call = { language, medium, at: start, hour }
  const agent = wanted.team ? desk.answer(random, { ...call, team }) : undefined
  const present = agent ? [agent] : []
  return new Scene({
    random,
    customer: people.customer(random, language),
    ...(agent ? { agent } : {}),
    bot: people.bots[medium],
    team,
    medium,
    day,
    hour,
    manners: MANNERS[language],
    colleague: (other) => desk.answer(random, { ...call, team: other, except: present }),
  })
}

import type { Agent } from './people.ts'
import type { Random } from './random.ts'
import type { Language, Medium, Team } from './types.ts'

const SECOND = 1_000_000

/** Who of the agents is at work on one day, and until when each of them is in a conversation. */
export interface Desk {
  /** Finds who answers a conversation that starts at `at` (microseconds since 1970). */
  answer(random: Random, call: Call): Agent
  /** Keeps an agent busy with a conversation until `until` (microseconds since 1970). */
  occupy(agent: Agent, medium: Medium, until: number): void
}

export interface Call {
  readonly team: Team
  readonly language: Language
  readonly medium: Medium
  readonly at: number
  /** Hour of the UTC day. */
  readonly hour: number
  /** Who takes part already. */
  readonly except?: readonly Agent[]
}

/** Opens the desk of a day; `weekday` is 0 for Sunday. */
export function openDesk(agents: readonly Agent[], weekday: number): Desk {
  const onThePhone = new Map<Agent, number>()
  const inChat = new Map<Agent, number>()

  const free = (agent: Agent, call: Call) =>
    (onThePhone.get(agent) ?? 0) <= call.at &&
    // One who types can look after several chats, one who talks can do nothing else.
    (call.medium !== 'voice' || (inChat.get(agent) ?? 0) <= call.at)

  return {
    answer(random, call) {
      const able = agents.filter((it) => isAble(it, call))
      const present = able.filter((it) => isPresent(agents.indexOf(it), it, weekday, call.hour))
      const choices = [present.filter((it) => free(it, call)), able.filter((it) => free(it, call)), able]
      return random.pick(choices.find((it) => it.length > 0) ?? agents)
    },
    occupy(agent, medium, until) {
      if (medium === 'voice') onThePhone.set(agent, until + 15 * SECOND)
      if (medium === 'chat') inChat.set(agent, until)
    },
  }
}

function isAble(agent: Agent, call: Call): boolean {
  if (call.except?.includes(agent)) return false
  if (!agent.teams.includes(call.team)) return false
  // A conversation only moves to customer relations when it goes to a supervisor.
  if (call.except && call.team === 'relations') return agent.supervisor
  return agent.languages.includes(call.language)
}

/** Everybody has two days in a row off, spread over the week. */
function isPresent(index: number, agent: Agent, weekday: number, hour: number): boolean {
  const [start, end] = agent.shift
  const off = (index * 2) % 7
  return weekday !== off && weekday !== (off + 1) % 7 && hour >= start && hour < end
}

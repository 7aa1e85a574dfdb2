import { formatInstant, parseCanonical, parseInstant } from './instant.ts'
import { MAX_ID_BYTES, MAX_NAME_BYTES, MAX_TEXT_BYTES } from './limits.ts'
import type { Interaction, Message } from './message.ts'
import type { Problem } from './problems.ts'
import { CHANNELS_OF, STT_ONLY } from './values.ts'

export interface Findings {
  problems: Problem[]
  warnings: Problem[]
}

/** The longest a string property may be, in bytes of UTF-8; a property not named here has the bound of a name. */
const LIMITS: Readonly<Record<string, number>> = {
  id: MAX_ID_BYTES,
  customer_id: MAX_ID_BYTES,
  message_id: MAX_ID_BYTES,
  recording_id: MAX_ID_BYTES,
  agent_id: MAX_ID_BYTES,
  text: MAX_TEXT_BYTES,
}

/**
 * Checks what a schema cannot say: times, which channel goes with which source, and that every string can be
 * kept by any store and read by any client. Instants are rewritten in the contract's form.
 */
export function checkRules(interaction: Interaction, keepUnknownValues: boolean): Findings {
  const findings: Findings = { problems: [], warnings: [] }
  const { problems } = findings
  checkStrings(interaction, '', problems)
  const started = readInstant(interaction, 'started_at', '', problems)
  const ended = readInstant(interaction, 'ended_at', '', problems)
  if (started !== undefined && ended !== undefined && ended < started) {
    problems.push({ name: 'ended_at', description: 'lies before started_at' })
  }
  interaction.agents.forEach((agent, index) => {
    checkStrings(agent, `agents[${index}].`, problems)
  })
  interaction.messages.forEach((message, index) => {
    checkMessage(message, `messages[${index}].`, keepUnknownValues, findings)
  })
  return findings
}

/** Checks one message, or what is given of one; `path` is what its fields' names begin with. */
export function checkMessage(
  message: Message,
  path: string,
  keepUnknownValues: boolean,
  findings: Findings,
): void {
  checkStrings(message, path, findings.problems)
  readInstant(message, 'message_start_at', path, findings.problems)
  checkTogether(message, path, keepUnknownValues, findings)
  if (message.source_system === undefined || message.source_system === 'STT') return
  for (const name of STT_ONLY) {
    if (message[name] === undefined) continue
    findings.warnings.push({
      name: path + name,
      description: 'belongs to speech to text (STT); kept as it came',
    })
  }
}

/** Checks what fields of a message must be to each other. */
export function checkTogether(
  message: Message,
  path: string,
  keepUnknownValues: boolean,
  { problems, warnings }: Findings,
): void {
  if (message.end_time !== undefined && message.end_time < (message.start_time ?? 0)) {
    problems.push({ name: `${path}end_time`, description: 'lies before start_time' })
  }
  const channels = CHANNELS_OF.get(message.source_system)
  if (channels === undefined || message.channel === undefined || channels.includes(message.channel)) return
  const description = `${message.source_system} carries ${channels.join(', ')}, not ${message.channel}`
  const known = keepUnknownValues ? warnings : problems
  known.push({ name: `${path}channel`, description })
}

function readInstant(of: Record<string, unknown>, name: string, path: string, problems: Problem[]) {
  const text = of[name]
  if (text === undefined) return undefined
  const canonical = parseCanonical(text as string)
  if (canonical !== undefined) return canonical
  const instant = parseInstant(text as string)
  if (instant === undefined) {
    const description =
      'must be an RFC 3339 date-time with an offset, from 1900 to 2199, such as 2023-06-16T00:00:02Z'
    problems.push({ name: path + name, description })
  } else {
    of[name] = formatInstant(instant)
  }
  return instant
}

function checkStrings(of: Record<string, unknown>, path: string, problems: Problem[]): void {
  for (const name in of) {
    const value = of[name]
    if (typeof value === 'string') {
      const fault = faultOf(value, name)
      if (fault !== undefined) problems.push({ name: path + name, description: fault })
    } else if (Array.isArray(value) && typeof value[0] === 'string') {
      for (const [index, each] of value.entries()) {
        const fault = faultOf(each, '')
        if (fault !== undefined) problems.push({ name: `${path}${name}[${index}]`, description: fault })
      }
    }
  }
}

/** What is wrong with the string of this property, or in the list of this name. */
function faultOf(value: string, name: string): string | undefined {
  if (!value.isWellFormed()) return 'holds half of a surrogate pair, which is not text'
  if (value.includes('\0')) return 'holds a NUL character'
  // A character takes at most three bytes per UTF-16 unit, so most strings need no count; an id's limit is the least.
  if (value.length * 3 <= MAX_ID_BYTES) return undefined
  const limit = LIMITS[name] ?? MAX_NAME_BYTES
  const tooLong = value.length * 3 > limit && Buffer.byteLength(value) > limit
  return tooLong ? `is longer than ${limit} bytes` : undefined
}

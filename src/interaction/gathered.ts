import { formatInstant, LATEST, parseInstant, SECOND } from './instant.ts'
import { parseLossless } from './lossless.ts'
import type { ArrivedMessage } from './merge-patches.ts'
import type { Interaction, Message } from './message.ts'
import { orderMessages } from './order.ts'
import { INTERACTION_PROPERTIES } from './schema.ts'

/**
 * An open interaction that gathers messages one by one is kept in parts: its head, which is its document without messages,
 * and each message by itself in the order of arrival. So message 10,000 is added for what the first one costs; the document is put
 * together when somebody reads it, and once for all when it ends.
 */

/** How the list of messages begins in a head. No text before it can hold these characters: quotes in it are escaped. */
const MESSAGES = '"messages":['

/** Puts the document together from its head and its messages in the order of arrival. */
export function gatherDocument(head: string, messages: string[]): string {
  const { started_at } = JSON.parse(head) as Interaction
  const parsed = messages.map((json) => JSON.parse(json) as Message)
  const ordered = orderMessages(parsed, parseInstant(started_at) as number)
  const texts = ordered === parsed ? messages : textsOf(ordered, parsed, messages)
  const at = head.indexOf(MESSAGES) + MESSAGES.length
  return `${head.slice(0, at)}${texts.join(',')}${head.slice(at)}`
}

/** The texts in another order. Not for those that are in order already: of 20,000 messages it takes half of all the time. */
function textsOf(ordered: Message[], parsed: Message[], messages: string[]): string[] {
  const texts = new Map(parsed.map((message, index) => [message, messages[index] as string]))
  return ordered.map((message) => texts.get(message) as string)
}

/** Takes a whole document apart. Its messages have arrived in the order in which they stand. */
export function scatterDocument(json: string): { head: string; messages: ArrivedMessage[] } {
  const interaction = parseLossless(json) as Interaction
  const messages = interaction.messages.map((message, position) => {
    return { position, messageId: message.message_id, json: JSON.stringify(message) }
  })
  return { head: JSON.stringify({ ...interaction, messages: [] }), messages }
}

/**
 * Ends a document that was left open, by its last message; by `wordAt` (microseconds since 1970), when something was last
 * heard of it, where no message has a time. Never before its start.
 */
export function endDocument(json: string, wordAt: number): { json: string; endedAt: number } {
  const open = parseLossless(json) as Interaction
  const startedAt = parseInstant(open.started_at) as number
  const times = open.messages.flatMap((message) => endOf(message, startedAt))
  const last = times.length === 0 ? wordAt : times.reduce((a, b) => Math.max(a, b))
  const endedAt = Math.min(Math.max(last, startedAt), LATEST)
  const ended: Record<string, unknown> = {}
  const values: Record<string, unknown> = { ...open, ended_at: formatInstant(endedAt) }
  for (const name of INTERACTION_PROPERTIES) if (values[name] !== undefined) ended[name] = values[name]
  return { json: JSON.stringify({ ...ended, ...values }), endedAt }
}

function endOf({ message_start_at, start_time, end_time }: Message, startedAt: number): number[] {
  const times = [start_time, end_time].flatMap((seconds) => {
    return seconds === undefined ? [] : startedAt + Math.round(Number(seconds) * SECOND)
  })
  const own = message_start_at === undefined ? undefined : parseInstant(message_start_at)
  return own === undefined ? times : [...times, own]
}

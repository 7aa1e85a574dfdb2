import type { Message } from './message.ts'

/** A message's key is (`source_system`, `recording_index`, `message_id`); no id holds a NUL. */
export function messageKey(message: Message): string {
  return `${message.source_system}\0${message.recording_index ?? ''}\0${message.message_id}`
}

/**
 * Merges messages that are repeated under one key, field by field: the last value of each field wins and
 * the message keeps the place where it first stood. Gives the same array where none is repeated.
 */
export function mergeRepeated(messages: Message[]): Message[] {
  const merged = new Map<string, Message>()
  for (const message of messages) {
    const key = messageKey(message)
    const earlier = merged.get(key)
    merged.set(key, earlier === undefined ? message : { ...earlier, ...message })
  }
  return merged.size === messages.length ? messages : [...merged.values()]
}

/** A message after validation. It may hold properties that the contract does not name. */
export interface Message {
  message_id: string
  text: string
  channel: string
  participant: string
  source_system: string
  start_time?: number
  end_time?: number
  recording_index?: number
  message_index?: number
  message_start_at?: string
  [other: string]: unknown
}

/** An interaction after validation; instants in the contract's form. */
export interface Interaction {
  id: string
  customer_id: string
  started_at: string
  ended_at?: string
  direction: string
  ring_groups: string[]
  queues?: string[]
  messages: Message[]
  agents: { id: string; name?: string; [other: string]: unknown }[]
  [other: string]: unknown
}

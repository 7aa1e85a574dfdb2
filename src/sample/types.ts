/** A time as the contract writes it: UTC, six fractional digits, `Z`. */
export type Instant = string

export type Direction = 'IN' | 'OUT' | 'INTERNAL'
export type SourceSystem = 'STT' | 'DCE' | 'VA'
export type Channel = 'VOICE' | 'CHAT' | 'SMS' | 'DIGITAL_CONNECT' | 'WEBCHAT'
export type Participant = 'CONTACT' | 'USER' | 'BOT'
export type Sentiment = 'POSITIVE' | 'NEUTRAL' | 'NEGATIVE' | 'MIXED'

/** One message of a sample conversation. What its source would not give is left out, never undefined. */
export interface SampleMessage {
  message_id: string
  text: string
  channel: Channel
  participant: Participant
  source_system: SourceSystem
  sentiment?: Sentiment
  intent?: string
  intent_confidence_score?: number
  intent_is_fallback?: boolean
  /** Seconds into the recording. */
  start_time?: number
  /** Seconds into the recording. */
  end_time?: number
  transcription_type?: 'POST_CALL' | 'REAL_TIME'
  recording_id?: string
  recording_index?: number
  message_index?: number
  message_start_at?: Instant
  agent_id?: string
  agent_name?: string
}

/** One ended sample conversation, in the contract's Interaction form. */
export interface SampleInteraction {
  id: string
  customer_id: string
  started_at: Instant
  ended_at: Instant
  direction: Direction
  ring_groups: string[]
  queues?: string[]
  messages: SampleMessage[]
  agents: { id: string; name: string }[]
}

/** How a conversation is held once a person is in it. */
export type Medium = 'voice' | 'chat' | 'sms' | 'digital'

export type Language = 'en' | 'es' | 'pt' | 'de' | 'fr'

export type Team =
  | 'billing'
  | 'deliveries'
  | 'technical'
  | 'bookings'
  | 'retention'
  | 'accounts'
  | 'relations'
  | 'languages'

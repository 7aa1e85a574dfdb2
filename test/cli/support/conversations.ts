/** The first start of `conversation(1)`: a time long ago, so that nothing depends on today. */
export const FROM = Date.UTC(2024, 2, 4)
const MINUTE = 60_000
/** A window that holds the first ten thousand. */
export const WINDOW =
  'interaction_started=2024-03-04T00:00:00Z&interaction_ended=2024-03-11T00:00:00Z&per_page=500'

export interface Conversation {
  id: string
  messages: { message_id: string; text: string; [name: string]: unknown }[]
  [name: string]: unknown
}

/** The n-th conversation (from 1), one a minute, in the contract's form. */
export function conversation(n: number, prefix = 'c', text = `conversation ${n}`): Conversation {
  const started = FROM + n * MINUTE
  return {
    id: `${prefix}${String(n).padStart(6, '0')}`,
    customer_id: `customer-${n % 97}`,
    started_at: instant(started),
    ended_at: instant(started + MINUTE),
    direction: 'IN',
    ring_groups: ['agents'],
    messages: [
      {
        message_id: 'm1',
        text,
        channel: 'CHAT',
        participant: 'CONTACT',
        source_system: 'DCE',
        message_start_at: instant(started),
      },
    ],
    agents: [{ id: 'agent-1', name: 'Ann' }],
  }
}

export function conversations(count: number, prefix?: string): Conversation[] {
  return Array.from({ length: count }, (_, index) => conversation(index + 1, prefix))
}

export function ndjson(interactions: object[]): string {
  return interactions.map((interaction) => `${JSON.stringify(interaction)}\n`).join('')
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z')
}

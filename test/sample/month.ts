import { sampleConversations } from '../../src/sample/conversations.ts'

/** Thirty days of conversations, about 3,000. */
export const month = [
  ...sampleConversations({
    seed: 'parlance',
    from: new Date('2025-03-01T00:00:00Z'),
    to: new Date('2025-03-31T00:00:00Z'),
  }),
]

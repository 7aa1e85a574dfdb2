import type { SampleInteraction, SampleMessage } from '../../src/sample/conversations.ts'

/**
 * The next conversation, as it comes or of about `bytes` bytes as JSON: cut where it is longer, and continued with the
 * messages of the following conversations where it is shorter.
 */
export function shaped(
  samples: Iterator<SampleInteraction>,
  bytes: number | undefined,
): Record<string, unknown> {
  const first = nextOf(samples)
  if (bytes === undefined) return { ...first }
  let left = bytes - JSON.stringify({ ...first, messages: [] }).length
  const messages: SampleMessage[] = []
  for (let told = first.messages; ; told = nextOf(samples).messages) {
    for (const message of told) {
      left -= Buffer.byteLength(JSON.stringify(message)) + 1
      // A conversation has something to say, however small it is to be.
      if (left < 0 && messages.length > 0) return { ...first, messages }
      messages.push(message)
    }
  }
}

function nextOf(samples: Iterator<SampleInteraction>): SampleInteraction {
  const { value, done } = samples.next()
  if (done) throw new Error('there are no more sample conversations')
  return value
}

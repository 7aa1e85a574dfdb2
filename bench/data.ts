import { closeSync, openSync, writeSync } from 'node:fs'
import { sampleConversations } from '../src/sample/conversations.ts'

const DAY = 24 * 60 * 60 * 1000
/** Every run makes the same conversations, on any machine, on any day. */
const END = Date.UTC(2026, 0, 1)
const SEED = 'bench'

/** Writes `count` conversations, one a line. Gives their mean length in bytes, and the range of their starts. */
export function writeConversations(path: string, count: number): { bytes: number; from: string; to: string } {
  const file = openSync(path, 'w')
  let written = 0
  let bytes = 0
  let from = ''
  let to = ''
  // Some hundred a day: so many days back that there are enough.
  const days = Math.ceil(count / 60) + 7
  for (const each of sampleConversations({
    seed: SEED,
    from: new Date(END - days * DAY),
    to: new Date(END),
  })) {
    const line = `${JSON.stringify(each)}\n`
    bytes += Buffer.byteLength(line)
    writeSync(file, line)
    from ||= each.started_at
    to = each.started_at
    written += 1
    if (written === count) break
  }
  closeSync(file)
  if (written < count) throw new Error(`only ${written} of ${count} conversations`)
  return { bytes: bytes / count, from, to }
}

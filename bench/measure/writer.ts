import { readFileSync } from 'node:fs'
import { readInteraction } from '../../src/interaction/document.ts'
import { openPostgresStore } from '../../src/store/postgres/store.ts'
import type { InsertTask } from '../limits/insert.ts'
import { answerTasks } from './process.ts'

/** Writes lines to an account. */
export interface WriteTask extends InsertTask {
  account: string
}

/** One of several processes that write through our store at once; ours, not a limit. */
const [url = '', input = ''] = process.argv.slice(2)
const lines = readFileSync(input, 'utf8').trimEnd().split('\n')
const store = await openPostgresStore(url)

answerTasks(async ({ account, from, to, batch }: WriteTask) => {
  for (let at = from; at < to; at += batch) {
    const drafts = lines.slice(at, Math.min(to, at + batch)).map((line) => {
      const interaction = JSON.parse(line)
      const reading = readInteraction(interaction, { keepUnknownValues: false, lossless: () => interaction })
      if (!reading.ok) throw new Error('a conversation is not valid')
      return reading.draft
    })
    const results = await store.writeInteractions(account, drafts)
    const other = results.find(({ outcome }) => outcome !== 'created')
    if (other !== undefined) throw new Error(`a new conversation was ${other.outcome}`)
  }
})

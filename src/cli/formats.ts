import type { Record } from '../formats/record.ts'
import { splitTalkdesk } from '../formats/talkdesk.ts'

type Splitter = (chunks: AsyncIterable<Uint8Array>, name: string) => AsyncIterable<Record[]>

/** What `import --format` knows. */
export const FORMATS = {
  talkdesk: splitTalkdesk,
} as const satisfies { [name: string]: Splitter }

export type FormatName = keyof typeof FORMATS

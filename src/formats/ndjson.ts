import { OPEN_OBJECT } from '../interaction/json-bytes.ts'
import { MAX_RECORD_BYTES, type Record, recordOf, textOf, tooLong } from './record.ts'

const NEWLINE = 0x0a
const BLANK = /^\s*$/

/**
 * Cuts a stream into lines: one record a line, blank lines left out but counted. Holds one line at most; a line
 * that is too long is skipped and told. Gives the lines of each chunk together, which spares a promise a line. They lie in
 * the chunk, which is not looked at any more when the next one is asked for; so both may be given back then.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Record[]> {
  let place = 0
  let rest: Uint8Array[] = []
  let restBytes = 0

  function takeLine(last: Uint8Array): Record | undefined {
    const bytes = restBytes + last.length
    place += 1
    const pieces = rest
    rest = []
    restBytes = 0
    if (bytes > MAX_RECORD_BYTES) return tooLong('line', place)
    const line = pieces.length === 0 ? last : Buffer.concat([...pieces, last])
    return isBlank(line) ? undefined : recordOf(line, 'line', place)
  }

  for await (const chunk of chunks) {
    const records: Record[] = []
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const record = takeLine(chunk.subarray(from, at))
      if (record !== undefined) records.push(record)
      from = at + 1
    }
    if (from < chunk.length) {
      // Of a line that is too long already, only the length is kept.
      restBytes += chunk.length - from
      if (restBytes <= MAX_RECORD_BYTES) rest.push(new Uint8Array(chunk.subarray(from)))
      else rest = []
    }
    if (records.length > 0) yield records
  }
  const record = restBytes > 0 ? takeLine(new Uint8Array()) : undefined
  if (record !== undefined) yield [record]
}

function isBlank(line: Uint8Array): boolean {
  // Nearly every line begins like this, and needs no decoding.
  if (line[0] === OPEN_OBJECT) return false
  const text = textOf(line)
  return text !== undefined && BLANK.test(text)
}

import { inflateRawSync } from 'node:zlib'
import { answerTasks } from '../measure/process.ts'
import { readBodies } from './bodies.ts'

/** Inflates the raw deflate of a file, body after body, `count` in all. */
export interface InflateTask {
  count: number
}

const [file = ''] = process.argv.slice(2)
const bodies = readBodies(file).map((body) => {
  // A chunk for the whole, since zlib's usual ones of 16 KB are copied together.
  return { body, chunkSize: Math.max(64, inflateRawSync(body).length + 1) }
})
let next = 0
answerTasks(({ count }: InflateTask) => {
  for (let done = 0; done < count; done += 1) {
    const { body, chunkSize } = bodies[next++ % bodies.length] as (typeof bodies)[number]
    inflateRawSync(body, { chunkSize })
  }
})

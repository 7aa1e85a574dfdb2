import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Characters of text from which what was parsed of it is collected at once. */
const LARGE = 2 * 1024 * 1024

/** By how much the heap may grow before V8 marks it, as bin/small.js sets it; 0 leaves that to V8. */
const GROWING_PERCENT = 60

/**
 * Lets V8 keep its heap small at the cost of time, or not. On while much is held: always on, taking in ordinary
 * conversations costs a third more.
 */
export function saveMemory(on: boolean): void {
  setFlagsFromString(on ? '--memory-saver-mode' : '--no-memory-saver-mode')
  setFlagsFromString(`--heap-growing-percent=${on ? 0 : GROWING_PERCENT}`)
}

// V8 gives its collector away in new contexts only while this flag is set; none is set for the whole process.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
setFlagsFromString('--no-expose-gc')

/**
 * To be called when a large text has been read and what was parsed of it is needed no more. That is several times as
 * large as the text; V8 would let the heap grow by some of them before it looks, which a process with a bound on its
 * memory cannot afford. Costs some 15 ms, where parsing and compressing such a text costs 100 and more.
 */
export function collectAfter(characters: number): void {
  if (characters >= LARGE) collect()
}

// How a process that runs for long is started so that it stays small. Plain JavaScript, for it must run on any Node.
// The figures are in docs/explanation/memory.md.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The commands that run for long, or take in much. The others are gone before it matters. */
const LONG = ['serve', 'demo', 'import']

export const isLong = (args) => LONG.includes(args[0])

/**
 * Flags of V8: to collect early instead of growing, but not so early that it marks the whole heap twice a second; and to end
 * the process before it takes the machine's memory. The limit is far above what the bounds of bodies and answers allow,
 * and no more than a last resort.
 */
export const FLAGS = [
  '--min-semi-space-size=4',
  '--max-semi-space-size=4',
  '--heap-growing-percent=60',
  '--max-old-space-size=512',
]

/** For glibc: one arena, and what is large goes back to the system when it is freed. Bytes. */
const MALLOC = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(8 * 1024 * 1024),
}

const modules = new URL('../node_modules/', import.meta.url)

/**
 * The environment of such a process; what is set already stays. With its code compiled beforehand it needs no
 * compiler of TypeScript, which takes 20 MB; where the folder cannot be written, it does without.
 */
export function smallEnvironment(environment) {
  const cache = existsSync(modules)
    ? { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/parlance', modules)) }
    : {}
  return { ...MALLOC, ...cache, ...environment }
}

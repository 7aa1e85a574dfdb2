import type { Output } from '../../src/cli/output.ts'

/** What every part of a run works with. */
export interface Bench {
  /** For what is needed while it runs. */
  folder: string
  /** For filled stores: one that is kept, or the same. */
  stores: string
  /** Whether filled stores stay when they have been measured. */
  keep: boolean
  seed: string
  rounds: number
  /** Requests in a round, for pages of the usual size; fewer of what takes longer. */
  requests: number
  output: Output
}

export const LIMIT_SERVER = scriptOf('server')
export const LIMIT_INFLATE = scriptOf('inflate')
export const LIMIT_INSERT = scriptOf('insert')
export const LIMIT_APPEND = scriptOf('append')
export const LIMIT_PEER = scriptOf('postgres/peer')
export const LIMIT_FETCH = scriptOf('postgres/fetch')
export const LIMIT_UNNEST = scriptOf('postgres/insert')

function scriptOf(name: string): string {
  return new URL(`../limits/${name}.ts`, import.meta.url).pathname
}

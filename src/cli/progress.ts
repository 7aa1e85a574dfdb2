import type { Output } from './output.ts'

/** A bar on a terminal; nothing where notes go elsewhere. */
export interface Progress {
  /** `done` of `total`, in any unit, and what to say beside the bar. */
  update(done: number, total: number | undefined, text: string): void
  /** Ends the line, so that what follows starts a new one. */
  end(): void
}

const WIDTH = 24
/** Milliseconds between two drawings: more often costs more than it tells. */
const INTERVAL = 100

export function progressOn(output: Output, now: () => number = Date.now): Progress {
  if (!output.terminal) return { update() {}, end() {} }
  const startedAt = now()
  let drawnAt = Number.NEGATIVE_INFINITY
  let last = ''
  return {
    update(done, total, text) {
      last = `${barOf(done, total, now() - startedAt)}  ${text}`
      if (now() - drawnAt < INTERVAL) return
      drawnAt = now()
      output.rewrite(last)
    },
    end() {
      if (last === '') return
      output.rewrite(last)
      output.keep()
    },
  }
}

function barOf(done: number, total: number | undefined, elapsed: number): string {
  if (total === undefined || total === 0) return duration(elapsed)
  const share = Math.min(1, done / total)
  const filled = Math.round(share * WIDTH)
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
  const left = share > 0 && share < 1 ? `, ${duration((elapsed / share) * (1 - share))} left` : ''
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %${left}`
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

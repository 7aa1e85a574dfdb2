import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Corpus } from './corpus.ts'
import { fill } from './fill.ts'

/** A store that was filled, and what it was filled with. */
export interface Filled {
  file: string
  corpus: Corpus
  size: number
  accounts: number
}

export interface FilledOptions {
  /** Where stores are put. Those that are there already are used again. */
  folder: string
  seed: string
  size: number
  accounts?: number
  /** Bytes of a document, about; the conversations as they come where it is left out. */
  bytes?: number
  /** Tells stores of the same documents apart, where several are needed at once. */
  copy?: number
  onProgress?: (done: number) => void
}

/** To be raised when the same size and seed give another store. */
const FORMAT = 1

/** A store with so many documents: the one that is kept in the folder, or a new one. */
export async function filledStore(options: FilledOptions): Promise<Filled> {
  const { folder, seed, size, accounts = 1, bytes, copy = 1, onProgress } = options
  const corpus = new Corpus({ seed, size, bytes })
  const name = [`v${FORMAT}`, seed, size, `${accounts}-accounts`, bytes ?? 'full', copy].join('-')
  const file = join(folder, `${name}.db`)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    // Under another name until it is whole: filling may be interrupted, and leaves no journal to go back by.
    const unfinished = `${file}.part`
    rmSync(unfinished, { force: true })
    await fill({ file: unfinished, corpus, size, accounts, onProgress })
    renameSync(unfinished, file)
  }
  return { file, corpus, size, accounts }
}

/** Takes a filled store away, with the files that SQLite puts beside it. */
export function removeStore(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
}

import { close, fsync, open, write } from 'node:fs'
import { promisify } from 'node:util'

/** Whom a stream of lines tells about itself. */
export interface LinesWatcher {
  /** Lines were written, or lost. */
  counted(outcome: 'written' | 'lost', lines: number): void
  /** Writing has begun to fail; told once until it works again. */
  failed(error: Error): void
}

/** Bytes that wait to be written; lines beyond are lost. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024
/**
 * Bytes of one write, of whole lines. A pipe takes so many at once without mixing them with another process's (PIPE_BUF on
 * Linux); what is appended to a file is never mixed.
 */
const MAX_WRITE_BYTES = 4096
/** Milliseconds until what could not be written is tried again. */
const RETRY = 1000
/** Milliseconds that closing waits for what is stuck, such as a pipe that nobody reads. */
const CLOSE_TIMEOUT = 5000
/** Only its owner reads it. */
const MODE = 0o600

const NEWLINE = Buffer.from('\n')

const openFile = promisify(open)
const closeFile = promisify(close)
const syncFile = promisify(fsync)
const writeBytes = promisify(write) as (fd: number, bytes: Buffer) => Promise<{ bytesWritten: number }>

/**
 * Lines on their way to a file that several processes append to, or to a pipe. Written one after another and never
 * synchronously, in a bounded memory; a full disk costs lines, and nothing else. (pino's own destination tries for ever to get
 * rid of what it has when the process ends: on a full disk it would never end.)
 */
export class Lines {
  readonly #path: string | undefined
  readonly #watcher: LinesWatcher
  #fd: number
  #waiting: Buffer[] = []
  #waitingBytes = 0
  /** Resolves when nothing is being written. */
  #writing: Promise<void> | undefined
  /** Bytes of the first line that are written. */
  #begun = 0
  /** The file that was opened again, until it takes the place of the other. */
  #reopened: number | undefined
  #retry: NodeJS.Timeout | undefined
  #failing = false
  #closed = false

  /** `path`: where `reopen` finds the file. */
  constructor(fd: number, path: string | undefined, watcher: LinesWatcher) {
    this.#fd = fd
    this.#path = path
    this.#watcher = watcher
  }

  /** Appends to a file, which is made where it is missing. Rejects where it cannot be opened. */
  static async toFile(path: string, watcher: LinesWatcher): Promise<Lines> {
    return new Lines(await openFile(path, 'a', MODE), path, watcher)
  }

  /** Takes one line, with its end. Never throws. */
  add(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#closed || this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#watcher.counted('lost', 1)
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#retry === undefined) this.#writing ??= this.#writeAll()
  }

  /** From now on lines go to the file that has the path now, another one where it was renamed. */
  async reopen(): Promise<void> {
    if (this.#path === undefined || this.#closed) return
    try {
      const fd = await openFile(this.#path, 'a', MODE)
      if (this.#reopened !== undefined) await closeFile(this.#reopened)
      this.#reopened = fd
      this.#again()
      await this.#writing
    } catch (error) {
      this.#failed(error as Error)
    }
  }

  /** Resolves when all lines are written, or cannot be. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, CLOSE_TIMEOUT)
    await Promise.race([this.#finish(), late])
    clearTimeout(timer)
    if (this.#waiting.length > 0) this.#watcher.counted('lost', this.#waiting.length)
    if (this.#path === undefined || this.#writing !== undefined) return
    await syncFile(this.#fd).catch(() => {})
    await closeFile(this.#fd).catch(() => {})
  }

  /** What waits to be tried again is tried once more. */
  async #finish(): Promise<void> {
    await this.#writing
    this.#again()
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    clearTimeout(this.#retry)
    this.#retry = undefined
    // A burst is written together.
    await undefined
    try {
      await this.#swap()
      while (this.#waiting.length > 0) {
        await this.#writeSome()
        await this.#swap()
      }
      this.#failing = false
    } catch (error) {
      this.#beginAnew()
      this.#failed(error as Error)
      if (!this.#closed) this.#retry = setTimeout(() => this.#again(), RETRY).unref()
    }
    this.#writing = undefined
  }

  #again(): void {
    this.#writing ??= this.#writeAll()
  }

  /** Between two lines: goes over to the file that was opened again. */
  async #swap(): Promise<void> {
    if (this.#reopened === undefined || this.#begun > 0) return
    const before = this.#fd
    this.#fd = this.#reopened
    this.#reopened = undefined
    this.#leaveCut()
    await closeFile(before)
  }

  /** Writes as many lines as one write takes; it may take less. */
  async #writeSome(): Promise<void> {
    const bytes = Buffer.concat(this.#next())
    const { bytesWritten } = await writeBytes(this.#fd, bytes.subarray(this.#begun))
    let written = this.#begun + bytesWritten
    let lines = 0
    for (const { length } of this.#waiting) {
      if (written < length) break
      written -= length
      lines += 1
    }
    this.#waitingBytes -= this.#waiting.splice(0, lines).reduce((sum, { length }) => sum + length, 0)
    this.#begun = written
    if (lines > 0) this.#watcher.counted('written', lines)
  }

  /** Whole lines from the first that waits. */
  #next(): Buffer[] {
    let bytes = 0
    const end = this.#waiting.findIndex(({ length }) => {
      bytes += length
      return bytes > MAX_WRITE_BYTES
    })
    return end === -1 ? this.#waiting.slice() : this.#waiting.slice(0, Math.max(1, end))
  }

  /** A line that was broken off is written whole on a line of its own: others may have written behind its beginning. */
  #beginAnew(): void {
    const [first] = this.#waiting
    if (this.#begun === 0 || first === undefined) return
    this.#waiting[0] = Buffer.concat([NEWLINE, first])
    this.#waitingBytes += NEWLINE.length
    this.#begun = 0
  }

  /** Another file has nothing broken off in it. */
  #leaveCut(): void {
    const [first] = this.#waiting
    if (first?.[0] !== NEWLINE[0] || first === undefined) return
    this.#waiting[0] = first.subarray(NEWLINE.length)
    this.#waitingBytes -= NEWLINE.length
  }

  /** A pipe that is full now is no failure. */
  #failed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EAGAIN') return
    if (!this.#failing) this.#watcher.failed(error)
    this.#failing = true
  }
}

import { Lines, type LinesWatcher } from './lines.ts'

/** Who did what to which account's data: one request that was answered. No texts, no customers. */
export interface AuditEntry {
  /** When it was answered; milliseconds since 1970. */
  at: number
  /** The id of the request, as in the log. */
  request: string
  account: string
  client: string
  action: 'read' | 'write' | 'erase'
  /** What it was about: `listing`, `interaction`, `changes`, `messages`, `batch`, `customer`, … */
  what: string
  /** The interaction, where it is about one. */
  id?: string
  /** How many interactions were read, written or erased. */
  count: number
  status: number
}

/** A stream of its own for what was done to the data, beside the log. */
export interface Audit {
  /** Never throws and never waits: what cannot be written is told to the watcher. */
  record(entry: AuditEntry): void
  /** Opens the file by its name again, after it was renamed; nothing else has to be done for stdout. */
  reopen(): Promise<void>
  /** Resolves when all that was recorded is written, or cannot be. */
  close(): Promise<void>
}

/** The destination that is no file. */
export const AUDIT_STDOUT = 'stdout'

/**
 * Opens the stream: `stdout`, or a file that is appended to and made where it is missing (readable by its owner only). Several
 * processes may append to one file. Rejects where the file cannot be opened.
 */
export async function openAudit(destination: string, watcher: LinesWatcher): Promise<Audit> {
  const lines =
    destination === AUDIT_STDOUT ? new Lines(1, undefined, watcher) : await Lines.toFile(destination, watcher)
  return {
    record: (entry) => lines.add(lineOf(entry)),
    reopen: () => lines.reopen(),
    close: () => lines.close(),
  }
}

/** One line of JSON; its time is one that people and programs read alike. */
function lineOf({ at, ...entry }: AuditEntry): string {
  return `${JSON.stringify({ time: new Date(at).toISOString(), ...entry })}\n`
}

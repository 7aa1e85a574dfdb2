import type { WriteStream } from 'node:tty'

/** Where a command writes: results to stdout, everything else to stderr. */
export interface Output {
  /** A result, for people or pipes. */
  line(text: string): void
  /** The one JSON document of `--json`. */
  json(value: unknown): void
  /** A remark that is no result. */
  note(text: string): void
  /** Whether notes go to a terminal, where a progress bar makes sense. */
  readonly terminal: boolean
  /** Rewrites the last line of the terminal. A remark takes its place. */
  rewrite(text: string): void
  /** Leaves that line where it is: what follows starts a new one. */
  keep(): void
}

/** To the start of the line, and clear it. */
const CLEAR = '\r\u001b[K'

export function outputTo(stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  // Whether the terminal's last line is one that is being rewritten; remarks take its place.
  let drawn = false
  return {
    line: (text) => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note(text) {
      stderr.write(`${drawn ? CLEAR : ''}${text}\n`)
      drawn = false
    },
    terminal: (stderr as Partial<WriteStream>).isTTY === true,
    rewrite(text) {
      stderr.write(CLEAR + text.slice(0, ((stderr as WriteStream).columns || 80) - 1))
      drawn = true
    },
    keep() {
      if (drawn) stderr.write('\n')
      drawn = false
    },
  }
}

/** Rows under headings, in columns; for lists on a terminal. */
export function table(headings: string[], rows: string[][]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const lineOf = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [headings, ...rows].map(lineOf).join('\n')
}

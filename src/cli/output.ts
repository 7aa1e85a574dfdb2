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
  /** Rewrites the last line of the terminal. */
  rewrite(text: string): void
}

export function outputTo(stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Output {
  return {
    line: (text) => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    terminal: (stderr as Partial<WriteStream>).isTTY === true,
    rewrite: (text) =>
      void stderr.write(`\r\u001b[K${text.slice(0, ((stderr as WriteStream).columns ?? 80) - 1)}`),
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

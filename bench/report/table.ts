import { type Figure, fitsMemory, MOST_MEGABYTES, meetsTarget, type Row, type Table } from './figures.ts'

const COLUMNS = ['', 'a second', 'CPU µs', 'p50 ms', 'p99 ms', 'bytes', 'MB', 'ratio', 'target']

/** Tables for people: in aligned columns for a terminal, or in Markdown. */
export function textOf(tables: Table[], markdown: boolean): string {
  return tables.map((table) => (markdown ? markdownTable(table) : alignedTable(table))).join('\n\n')
}

function markdownTable({ title, note, rows }: Table): string {
  const rule = COLUMNS.map((_, column) => (column === 0 ? '---' : '---:'))
  const lines = [COLUMNS, rule, ...rows.flatMap(linesOf)].map((cells) => `| ${cells.join(' | ')} |`)
  return [`### ${title}`, '', note, '', ...lines].join('\n')
}

function alignedTable({ title, note, rows }: Table): string {
  const lines = [COLUMNS, ...rows.flatMap(linesOf)]
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const aligned = lines.map((cells) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return [title, note, '', ...aligned].join('\n')
}

function linesOf(row: Row): string[][] {
  const { ratio, target } = row
  const verdict = target === undefined ? '' : `≤ ${target} ${sign(meetsTarget(row))}`
  const ours = cellsOf(row.ours, memoryOf(row.ours))
  return [
    [...ours, ratio?.toFixed(2) ?? '', verdict],
    ...row.limits.map((limit) => {
      const [name = '', ...cells] = cellsOf(limit, limit.peakMegabytes?.toFixed(0) ?? '')
      return [`– ${name}`, ...cells, '', '']
    }),
  ]
}

function cellsOf({ name, unit, perSecond, cpuMicroseconds, p50, p99, wireBytes }: Figure, memory: string) {
  return [
    `${name} (${unit})`,
    perSecond.toFixed(0),
    cpuMicroseconds.toFixed(0),
    p50?.toFixed(2) ?? '',
    p99?.toFixed(2) ?? '',
    wireBytes?.toFixed(0) ?? '',
    memory,
  ]
}

function memoryOf(figure: Figure): string {
  if (figure.peakMegabytes === undefined) return ''
  const text = figure.peakMegabytes.toFixed(0)
  return fitsMemory(figure) ? `${text} ✓` : `${text} > ${MOST_MEGABYTES} ✗`
}

/** Undefined where there is a target and nothing to hold against it. */
function sign(met: boolean | undefined): string {
  if (met === undefined) return '?'
  return met ? '✓' : '✗'
}

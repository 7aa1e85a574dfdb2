/** One measured thing beside what it is compared to, per unit of work. */
export interface Figure {
  name: string
  unit: string
  /** Units a second on this machine; CPU microseconds a unit decide, since machines are noisy. */
  perSecond: number
  cpuMicroseconds: number
  p50?: number
  p99?: number
  wireBytes?: number
  peakMebibytes?: number
}

export interface Comparison {
  ours: Figure
  limit: Figure
  /** CPU time of ours over the limit's. */
  ratio: number
}

export function compare(ours: Figure, limit: Figure): Comparison {
  return { ours, limit, ratio: ours.cpuMicroseconds / limit.cpuMicroseconds }
}

const COLUMNS = ['', 'a second', 'CPU µs', 'p50 ms', 'p99 ms', 'bytes', 'MiB', 'ratio']

/** The comparisons as a table in Markdown. */
export function tableOf(comparisons: Comparison[]): string {
  const rows = comparisons.flatMap(({ ours, limit, ratio }) => [
    rowOf(ours, ratio.toFixed(2)),
    rowOf(limit, '1'),
  ])
  return [COLUMNS, COLUMNS.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function rowOf(figure: Figure, ratio: string): string[] {
  const { name, unit, perSecond, cpuMicroseconds, p50, p99, wireBytes, peakMebibytes } = figure
  return [
    `${name} (${unit})`,
    perSecond.toFixed(0),
    cpuMicroseconds.toFixed(0),
    p50?.toFixed(2) ?? '',
    p99?.toFixed(2) ?? '',
    wireBytes?.toFixed(0) ?? '',
    peakMebibytes?.toFixed(0) ?? '',
    ratio,
  ]
}

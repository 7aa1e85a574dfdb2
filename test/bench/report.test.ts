import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Figure, rowOf } from '../../bench/report/figures.ts'
import { goalsOf, goalsText } from '../../bench/report/goals.ts'
import { textOf } from '../../bench/report/table.ts'

const figure = (name: string, cpuMicroseconds: number, peakMegabytes?: number): Figure => {
  return { name, unit: 'page', perSecond: 1000, cpuMicroseconds, p50: 1, p99: 2, wireBytes: 9, peakMegabytes }
}
const limit = figure('node:http', 50)
const table = {
  title: 'Pages',
  note: 'A note.',
  rows: [
    { ...rowOf(figure('fast', 150, 200), [limit], 50, 3), goal: 'fast' },
    { ...rowOf(figure('slow', 175, 251), [limit], 50, 3), goal: 'slow' },
    rowOf(figure('alone', 5, 1), [], undefined),
    // A clock that has not moved tells no ratio.
    { ...rowOf(figure('unclear', 5, 1), [limit], 0, 3), goal: 'unclear' },
  ],
}

test('a ratio stands beside its target, and what is missed is marked', () => {
  assert.equal(
    textOf([table], false),
    `Pages
A note.

                    a second  CPU µs  p50 ms  p99 ms  bytes           MB  ratio  target
fast (page)             1000     150    1.00    2.00      9        200 ✓   3.00   ≤ 3 ✓
– node:http (page)      1000      50    1.00    2.00      9
slow (page)             1000     175    1.00    2.00      9  251 > 250 ✗   3.50   ≤ 3 ✗
– node:http (page)      1000      50    1.00    2.00      9
alone (page)            1000       5    1.00    2.00      9          1 ✓
unclear (page)          1000       5    1.00    2.00      9          1 ✓          ≤ 3 ?
– node:http (page)      1000      50    1.00    2.00      9`,
  )
  const markdown = textOf([table], true).split('\n')
  assert.equal(markdown[0], '### Pages')
  assert.ok(markdown.includes('| fast (page) | 1000 | 150 | 1.00 | 2.00 | 9 | 200 ✓ | 3.00 | ≤ 3 ✓ |'))
})

test('goals are decided by their rows, and memory by all', () => {
  const goals = goalsOf([table])
  assert.deepEqual(goals, [
    { name: 'fast', measured: 3, target: 3, met: true },
    { name: 'slow', measured: 3.5, target: 3, met: false },
    { name: 'memory of a process, in MB (the most was at: slow)', measured: 251, target: 250, met: false },
  ])
  assert.match(goalsText(goals, false), /^fast +3\.00 \(≤ 3\) ✓$/m)
  assert.match(goalsText(goals, true), /^- slow: 3\.50 \(≤ 3\) ✗$/m)
})

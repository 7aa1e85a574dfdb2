import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Row, Table } from '../../bench/report/figures.ts'

const MAIN = new URL('../../bench/main.ts', import.meta.url).pathname
const run = promisify(execFile)
// CPU time and memory are read from there.
const noProc = !existsSync('/proc/self/stat') && 'there is no /proc here'

/** What every figure has whatever it is of; how much is for no test to say. */
function isMeasured({ ours, limits }: Row): boolean {
  const numbers = [ours, ...limits].flatMap((each) => [each.perSecond, each.cpuMicroseconds])
  return numbers.every((number) => Number.isFinite(number) && number >= 0) && (ours.peakMegabytes ?? 0) > 0
}

test('the smallest run ends and tells every row', { skip: noProc, timeout: 300_000 }, async () => {
  const least = ['--size', '100', '--rounds', '1', '--requests', '10', '--sizes', '100,120', '--json']
  const { stdout, stderr } = await run(process.execPath, [MAIN, ...least])
  const { machine, goals, tables } = JSON.parse(stdout) as {
    machine: { node: string }
    goals: { name: string }[]
    tables: Table[]
  }
  assert.equal(machine.node, process.version)
  const rows = tables.map((table) => table.rows.map(({ ours, limits }) => [ours.name, limits.length]))
  assert.deepEqual(rows, [
    [
      ['ingest, one stream of lines', 1],
      ['ingest, one stream of lines, in another order', 1],
      ['ingest, JSON batches of 100, 8 at once', 1],
      ['ingest, single PUTs, 16 at once', 1],
      ['gzip page of 50', 1],
      ['plain page of 50', 3],
      ['page of 50, unchanged (304)', 1],
      ['one by id, gzip', 1],
    ],
    ['gzip page of 50', 'plain page of 50', '304', 'one by id', 'ingest in batches'].flatMap((name) => [
      [`${name}, 100 stored`, 0],
      [`${name}, 120 stored`, 0],
    ]),
  ])
  assert.deepEqual(
    tables.flatMap((table) => table.rows).filter((row) => !isMeasured(row)),
    [],
  )
  assert.match(goals.at(-1)?.name ?? '', /^memory/)
  assert.match(stderr, /gzip pages/)
})

test('the smallest run of living conversations ends and tells every row', {
  skip: noProc,
  timeout: 300_000,
}, async () => {
  const least = ['--no-usual', '--living', '--size', '100', '--rounds', '1', '--requests', '20', '--json']
  const { stdout } = await run(process.execPath, [MAIN, ...least])
  const { goals, tables } = JSON.parse(stdout) as { goals: { name: string }[]; tables: Table[] }
  const rows = tables.flatMap((table) => table.rows.map(({ ours, limits }) => [ours.name, limits.length]))
  assert.deepEqual(rows, [
    ['message to one conversation, 16 at once', 1],
    ['the same, from message 20 on, 16 at once', 1],
    ['message to one of 1,000 conversations, 16 at once', 1],
    ['the feed as lines, gzip', 1],
    ['from sending a write to its event', 1],
  ])
  for (const { ours, limits } of tables.flatMap((table) => table.rows)) {
    for (const { perSecond } of [ours, ...limits]) assert.ok(perSecond > 0)
  }
  assert.match(goals[0]?.name ?? '', /long conversation/)
})

test('the smallest run on PostgreSQL ends and tells every row', {
  skip: noProc,
  timeout: 300_000,
}, async () => {
  const least = ['--no-usual', '--postgres', '--size', '100', '--rounds', '1', '--requests', '10', '--json']
  const { stdout } = await run(process.execPath, [MAIN, ...least])
  const { goals, tables } = JSON.parse(stdout) as { goals: { name: string }[]; tables: Table[] }
  const rows = tables.map((table) => table.rows.map(({ ours, limits }) => [ours.name, limits.length]))
  const large = ', documents of 8 KB'
  assert.deepEqual(rows, [
    [
      ['ingest, one stream of lines', 2],
      ['ingest, one stream of lines, in another order', 2],
      ['gzip page of 50', 2],
      ['plain page of 50', 2],
      ['page of 50, unchanged (304)', 0],
      ['one by id, gzip', 2],
    ],
    [
      [`ingest, one stream of lines${large}`, 2],
      [`ingest, one stream of lines, in another order${large}`, 2],
      [`gzip page of 50${large}`, 2],
      [`plain page of 50${large}`, 2],
    ],
    [
      ['8 processes, an account each', 0],
      ['one process, one account', 0],
      ['8 processes, one account', 0],
    ],
  ])
  const served = tables.slice(0, 2).flatMap((table) => table.rows)
  assert.deepEqual(
    served.filter((row) => !isMeasured(row)),
    [],
  )
  // Those of CPU time are told where the kernel's clock has moved, which in so short a run it may not have.
  assert.match(goals[0]?.name ?? '', /^PostgreSQL: ingest/)
  assert.match(goals.at(-1)?.name ?? '', /^memory/)
})

test('wrong options are told with the help, and nothing is measured', async () => {
  await assert.rejects(run(process.execPath, [MAIN, '--sizes', 'all']), (error) => {
    const { code, stderr, stdout } = error as { code?: unknown; stderr?: string; stdout?: string }
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr ?? '', /^--sizes: "all" is not a whole number/)
    assert.match(stderr ?? '', /--documents LIST/)
    return true
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { outputTo } from '../src/cli/output.ts'
import { helpText, OptionError, type Options, readOptions } from './options.ts'
import { accountsTable, sizesTable, workersTable } from './parts/alike.ts'
import type { Bench } from './parts/bench.ts'
import { livingTable } from './parts/living.ts'
import { postgresTables } from './parts/postgres.ts'
import { documentsTable, pagesTable } from './parts/shapes.ts'
import { usualTable } from './parts/usual.ts'
import type { Table } from './report/figures.ts'
import { goalsOf, goalsText } from './report/goals.ts'
import { machineLine, thisMachine } from './report/machine.ts'
import { textOf } from './report/table.ts'

const output = outputTo(process.stdout, process.stderr)

await main()

async function main(): Promise<void> {
  const options = optionsOrExit()
  if (options.help) {
    output.line(helpText())
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
  // Stores of a run that is interrupted would be left behind.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const machine = thisMachine()
  const tables = await measure({ ...options, folder, stores: options.keep ?? folder, output }, options)
  const goals = goalsOf(tables)
  if (options.output === 'json') {
    output.json({ machine, options, goals, tables })
    return
  }
  const markdown = options.output === 'markdown'
  output.line([machineLine(machine), textOf(tables, markdown), goalsText(goals, markdown)].join('\n\n'))
}

async function measure(shared: Omit<Bench, 'keep'>, options: Options): Promise<Table[]> {
  const bench: Bench = { ...shared, keep: options.keep !== undefined }
  const { size, stored, sizes, accounts, documents, pages, workers } = options
  const tables: Table[] = []
  if (options.usual) tables.push(await usualTable(bench, size))
  if (options.postgres) tables.push(...(await postgresTables(bench, size)))
  if (options.living) tables.push(await livingTable(bench, size))
  if (sizes !== undefined) tables.push(await sizesTable(bench, sizes))
  if (accounts !== undefined) tables.push(await accountsTable(bench, accounts, stored))
  if (documents !== undefined) tables.push(await documentsTable(bench, documents, size))
  if (pages !== undefined) tables.push(await pagesTable(bench, pages, size))
  if (workers !== undefined) tables.push(await workersTable(bench, workers, size))
  if (tables.length === 0)
    throw new Error('nothing to measure: --no-usual needs --postgres, --living, --growth or one of its lists')
  return tables
}

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    output.note(`${error.message}\n\n${helpText()}`)
    process.exit(2)
  }
}

import { parseArgs } from 'node:util'

const KIBIBYTE = 1024
const MEBIBYTE = 1024 * KIBIBYTE

/** What can be said about one option. */
interface Option {
  /** As the help shows its value; none for a switch. */
  value?: string
  default?: string
  help: string
}

const TABLE = {
  size: { value: 'N', default: '10000', help: 'conversations of the usual table, 100 to 100,000' },
  rounds: { value: 'N', default: '5', help: 'rounds, of which the median counts' },
  requests: { value: 'N', default: '3000', help: 'requests in a round; fewer of what takes longer' },
  usual: { help: 'measure the usual table (--no-usual: only what grows)' },
  postgres: { help: 'measure the store on PostgreSQL, on a server of its own or PARLANCE_TEST_DATABASE' },
  living: { help: 'measure messages added to open conversations, and the feed of changes' },
  growth: { help: 'measure how figures grow with everything below, at its default where it is not given' },
  sizes: { value: 'LIST', default: '10000,100000,1000000', help: 'interactions stored, up to 10,000,000' },
  accounts: { value: 'LIST', default: '1,100,10000,100000', help: 'accounts that share a store' },
  stored: { value: 'N', default: '200000', help: 'interactions stored with each number of accounts' },
  documents: { value: 'LIST', default: '1k,4k,16k,64k,256k,1m', help: 'sizes of documents, 1k to 4m' },
  pages: { value: 'LIST', default: '1,10,50,200,500', help: 'interactions on a page' },
  workers: { value: 'LIST', default: '1,2', help: 'processes that serve' },
  keep: { value: 'FOLDER', help: 'keep filled stores there, and use those that are there' },
  seed: { value: 'TEXT', default: 'bench', help: 'the same seed makes the same data' },
  json: { help: 'print one JSON document' },
  markdown: { help: 'print the tables in Markdown' },
  help: { help: 'print this' },
} as const satisfies Record<string, Option>

export interface Options {
  size: number
  rounds: number
  requests: number
  usual: boolean
  postgres: boolean
  living: boolean
  /** Undefined where it is not measured. */
  sizes: number[] | undefined
  accounts: number[] | undefined
  stored: number
  documents: number[] | undefined
  pages: number[] | undefined
  workers: number[] | undefined
  keep: string | undefined
  seed: string
  output: 'text' | 'json' | 'markdown'
  help: boolean
}

/** What is wrong with the command line, in one sentence. */
export class OptionError extends Error {}

/** Reads the command line. Throws OptionError. */
export function readOptions(args: string[]): Options {
  const given = parse(args)
  const text = (name: keyof typeof TABLE) => (given[name] as string | undefined) ?? defaultOf(name)
  const number = (name: keyof typeof TABLE, least: number, most: number) =>
    numberIn(`--${name}`, text(name), least, most)
  // A list that is given is measured, and with --growth all of them are.
  const list = (name: keyof typeof TABLE, least: number, most: number) => {
    if (given[name] === undefined && given.growth !== true) return undefined
    const numbers = text(name)
      .split(',')
      .map((each) => numberIn(`--${name}`, each.trim(), least, most))
    return [...new Set(numbers)]
  }
  const options: Options = {
    size: number('size', 100, 100_000),
    rounds: number('rounds', 1, 99),
    requests: number('requests', 10, 1_000_000),
    usual: given.usual !== false,
    postgres: given.postgres === true,
    living: given.living === true,
    sizes: list('sizes', 100, 10_000_000),
    accounts: list('accounts', 1, 1_000_000),
    stored: number('stored', 100, 10_000_000),
    documents: list('documents', KIBIBYTE, 4 * MEBIBYTE),
    pages: list('pages', 1, 500),
    workers: list('workers', 1, 64),
    keep: given.keep as string | undefined,
    seed: seedOf(text('seed')),
    output: given.json === true ? 'json' : given.markdown === true ? 'markdown' : 'text',
    help: given.help === true,
  }
  check(options)
  return options
}

function check(options: Options): void {
  const { accounts, stored, size, rounds, keep, usual, postgres, living, sizes, documents, pages, workers } =
    options
  if (
    !usual &&
    !postgres &&
    !living &&
    [sizes, accounts, documents, pages, workers].every((list) => list === undefined)
  ) {
    throw new OptionError(
      '--no-usual: leaves nothing to measure; give --postgres, --living, --growth or one of its lists.',
    )
  }
  const most = Math.max(...(accounts ?? [1]))
  // Half of the documents belong to those accounts that are not asked.
  if (most > stored / 2 && most > 1) {
    throw new OptionError(`--stored: ${stored} are too few for ${most} accounts; twice as many are needed.`)
  }
  if (rounds > size / 10) throw new OptionError(`--rounds: ${rounds} are too many for ${size} conversations.`)
  if (keep === '') throw new OptionError('--keep: names no folder.')
}

/** The help, from the table. */
export function helpText(): string {
  const rows = Object.entries(TABLE).map(([name, option]: [string, Option]) => {
    const flag = option.value === undefined ? `--${name}` : `--${name} ${option.value}`
    const preset = option.default === undefined ? '' : ` (default: ${option.default})`
    return `  ${flag.padEnd(18)}${option.help}${preset}`
  })
  return `npm run bench -- [options]

Measures Parlance beside its limits, in one run and in alternating rounds. CPU time per unit decides; rates depend on
the machine. A LIST is numbers with commas between; one that is given is measured, and all are with --growth.

${rows.join('\n')}`
}

function parse(args: string[]): Record<string, unknown> {
  const options = Object.fromEntries(
    Object.entries(TABLE).map(([name, option]: [string, Option]) => [
      name,
      { type: option.value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  try {
    return parseArgs({ args, options, allowNegative: true }).values
  } catch (error) {
    throw new OptionError((error as Error).message)
  }
}

function defaultOf(name: keyof typeof TABLE): string {
  return (TABLE[name] as Option).default ?? ''
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: KIBIBYTE, m: MEBIBYTE }

function numberIn(name: string, text: string, least: number, most: number): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([km]?)$/i.exec(text) ?? []
  const number = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit.toLowerCase()] as number)
  if (number >= least && number <= most) return number
  throw new OptionError(`${name}: "${text}" is not a whole number from ${least} to ${most}.`)
}

/** It becomes part of the names of files. */
function seedOf(text: string): string {
  if (/^[\w-]{1,32}$/.test(text)) return text
  throw new OptionError(`--seed: "${text}" is not 1 to 32 letters, digits, _ and -.`)
}

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeConversations } from './data.ts'
import { benchIngest } from './ingest.ts'
import { benchPages } from './pages.ts'
import { startServer } from './process.ts'
import { type Comparison, tableOf } from './report.ts'

const HELP = `node bench/main.ts [--size N] [--requests N] [--json]

Measures Parlance beside its limits, in one run: ingest by HTTP beside SQLite inserting the same, pages beside node:http
sending the same bytes from memory. CPU time per unit decides; rates depend on the machine.

  --size N       conversations to store (default 10000)
  --requests N   pages in each of five rounds (default 2000)
  --json         print one JSON document`

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '10000' },
    requests: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const PARLANCE = new URL('../src/cli/main.ts', import.meta.url).pathname

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  const size = wholeNumber('--size', values.size)
  const requestsPerRound = wholeNumber('--requests', values.requests)
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
  try {
    const comparisons = await run(folder, size, requestsPerRound)
    print(size, comparisons)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(folder: string, size: number, requestsPerRound: number): Promise<Comparison[]> {
  const database = `sqlite:${join(folder, 'parlance.db')}`
  const input = join(folder, 'conversations.ndjson')
  note(`making ${size} conversations`)
  const { to } = writeConversations(input, size)
  const { account_id } = parlance('account', 'create', 'Bench', '--database', database)
  const scope = 'interactions-public:read interactions:write'
  const client = parlance(
    'client',
    'create',
    '--account',
    account_id,
    '--scope',
    scope,
    '--database',
    database,
  )
  const serve = [
    'serve',
    '--listen',
    '127.0.0.1:PORT',
    '--database',
    database,
    '--log-level',
    'warn',
    '--workers',
    '1',
  ]
  const server = await startServer(PARLANCE, serve)
  try {
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')
    const headers = { authorization: `Basic ${basic}` }
    const answer = await fetch(`${server.url}/oauth/token`, { method: 'POST', headers, body: form })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    note('ingest')
    const ingest = await benchIngest({ server, token, input, count: size, folder })
    note('pages')
    const path = `/conversations/interactions?interaction_ended=${encodeURIComponent(to)}`
    return [ingest, ...(await benchPages({ server, token, path, folder, requestsPerRound }))]
  } finally {
    await server.stop()
  }
}

type Printed = { [name: string]: string } & { account_id: string }

function parlance(...args: string[]): Printed {
  return JSON.parse(execFileSync(process.execPath, [PARLANCE, ...args, '--json'], { encoding: 'utf8' }))
}

function print(size: number, comparisons: Comparison[]): void {
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version }
  if (values.json) {
    console.log(JSON.stringify({ machine, size, comparisons }, null, 2))
    return
  }
  console.log(`${size} conversations; ${machine.cores} × ${machine.cpu}; Node ${machine.node}\n`)
  console.log(tableOf(comparisons))
}

function note(text: string): void {
  console.error(text)
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  console.error(`${name}: "${text}" is not a whole number above 0.\n\n${HELP}`)
  process.exit(2)
}

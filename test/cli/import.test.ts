import assert from 'node:assert/strict'
import { appendFile, writeFile } from 'node:fs/promises'
import test, { after, before } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { type Conversation, conversation, conversations, ndjson } from './support/conversations.ts'
import { ACCOUNT, type Deployment, deploy } from './support/deployment.ts'
import { type Cleanups, MAIN, parlance, parlanceJson, plainEnvironment, start } from './support/process.ts'
import { runHere } from './support/run-here.ts'
import { NO_TERMINAL, parlanceOnTerminal } from './support/terminal.ts'

/** All on one store, which nobody serves; each test writes interactions of its own. */

interface Counts {
  created: number
  updated: number
  unchanged: number
  rejected: number
  files?: (Counts & { file: string })[]
}

const cleanups: (() => unknown)[] = []
const all: Cleanups = { after: (cleanup) => void cleanups.unshift(cleanup) }
let deployment: Deployment
let store: Store

before(async () => {
  deployment = await deploy(all)
  store = await openStore(`sqlite:${deployment.file}`)
})
after(async () => {
  await store.close()
  for (const cleanup of cleanups) await cleanup()
})

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = `${deployment.directory}/${name}`
  await writeFile(path, content)
  return path
}

const flags = () => ['--account', ACCOUNT, ...deployment.database]

async function assertStored(interactions: Conversation[]): Promise<void> {
  for (const { id } of interactions) {
    assert.ok((await store.getInteraction(ACCOUNT, id)) !== undefined, `${id} is not stored`)
  }
}

test('every form of the native format, in several files at once', async (t) => {
  const forms: [name: string, content: (list: Conversation[]) => string | Uint8Array][] = [
    ['lines.ndjson', ndjson],
    ['crlf.ndjson', (list) => ndjson(list).replaceAll('\n', '\r\n')],
    ['unnamed', (list) => ndjson(list).trimEnd()],
    ['array.json', (list) => JSON.stringify(list, null, 2)],
    ['object.json', (list) => JSON.stringify({ interactions: list })],
    ['page.json', (list) => JSON.stringify({ _embedded: { interactions: list }, _links: { self: {} } })],
    ['lines.ndjson.gz', (list) => gzipSync(ndjson(list))],
    ['page.json.gz', (list) => gzipSync(JSON.stringify({ _embedded: { interactions: list } }))],
    ['members.gz', (list) => Buffer.concat(list.map((each) => gzipSync(ndjson([each]))))],
  ]
  const lists = forms.map(([name]) => conversations(3, `${name}-`))
  const files = await Promise.all(forms.map(([name, content], at) => write(name, content(lists[at] ?? []))))
  const counts = await parlanceJson<Counts>(t, ['import', ...files, ...flags()])
  const each = { created: 3, updated: 0, unchanged: 0, rejected: 0 }
  assert.deepEqual(counts, {
    ...each,
    created: 3 * files.length,
    files: files.map((file) => ({ file, ...each })),
  })
  await assertStored(lists.flat())

  const again = await parlance(t, ['import', ...files.slice(0, 2), ...flags()])
  assert.deepEqual([again.code, again.stderr], [0, ''])
  const unchanged = '0 created, 0 updated, 3 unchanged, 0 rejected\n'
  assert.equal(
    again.stdout,
    `${files[0]}: ${unchanged}${files[1]}: ${unchanged}${unchanged.replace('3', '6')}`,
  )
})

test('standard input, plain and packed', async (t) => {
  const plain = conversations(2, 'stdin-')
  const packed = conversations(2, 'packed-')
  const [first, second] = await Promise.all([
    parlanceJson<Counts>(t, ['import', '-', ...flags()], { input: ndjson(plain) }),
    parlanceJson<Counts>(t, ['import', '-', ...flags()], { input: gzipSync(JSON.stringify(packed)) }),
  ])
  assert.deepEqual([first.created, second.created], [2, 2])
  await assertStored([...plain, ...packed])
})

test('a broken line is told with its file and line, costs nobody else, and ends with 1', async (t) => {
  const [one, two, three] = conversations(3, 'broken-') as [Conversation, Conversation, Conversation]
  const { customer_id: _, ...incomplete } = conversation(4, 'broken-')
  const lines = [one, two, three].map((each) => JSON.stringify(each))
  const text = [lines[0], '{"id":"secret words', '', JSON.stringify(incomplete), ...lines.slice(1)].join('\n')
  const file = await write('broken.ndjson', text)
  const { code, stdout, stderr } = await parlance(t, ['import', file, ...flags(), '--json'])
  assert.equal(code, 1)
  assert.deepEqual(
    { ...JSON.parse(stdout), files: 0 },
    { created: 3, updated: 0, unchanged: 0, rejected: 2, files: 0 },
  )
  assert.match(
    stderr,
    new RegExp(
      `^${file}: line 2: is not JSON[^\\n]*\\n${file}: line 4: customer_id [^\\n]+\\nparlance: 2 rejected[^\\n]+\\n$`,
    ),
  )
  assert.ok(!stderr.includes('secret words'))
  await assertStored([one, two, three])
})

test('what cannot be read is told before anything is written', async () => {
  const good = await write('good.ndjson', ndjson(conversations(1, 'good-')))
  const missing = `${deployment.directory}/missing.ndjson`
  const [noFile, folder, noAccount] = await Promise.all([
    runHere(['import', good, missing, ...flags()]),
    runHere(['import', good, deployment.directory, ...flags()]),
    runHere(['import', good, '--account', 'nobody', ...deployment.database]),
  ])
  for (const { code, stdout } of [noFile, folder, noAccount]) assert.deepEqual([code, stdout], [1, ''])
  assert.equal(noFile.stderr, `parlance: Cannot read ${missing}: ENOENT.\n`)
  assert.equal(folder.stderr, `parlance: ${deployment.directory} is a folder. Name the files in it.\n`)
  assert.match(noAccount.stderr, /^parlance: There is no account nobody in sqlite:.*parlance account list\n$/)
  assert.equal(await store.getInteraction(ACCOUNT, 'good-000001'), undefined)
})

test('of a damaged gzip what can be read is stored, and the damage is told', async () => {
  const list = conversations(400, 'damaged-')
  const packed = gzipSync(ndjson(list))
  const cut = await write('cut.ndjson.gz', packed.subarray(0, packed.length - 400))
  const noGzip = await write('none.ndjson.gz', ndjson(list))
  const [ofCut, ofNone] = await Promise.all([
    runHere(['import', cut, ...flags()]),
    runHere(['import', noGzip, ...flags()]),
  ])
  for (const { code, stdout } of [ofCut, ofNone]) assert.deepEqual([code, stdout], [1, ''])
  assert.match(ofCut.stderr, /cut\.ndjson\.gz is not gzip, or is damaged/)
  assert.match(ofNone.stderr, /none\.ndjson\.gz is not gzip, or is damaged/)
  assert.ok(!ofCut.stderr.includes('    at '), 'a stack')
  await assertStored(list.slice(0, 1))
  // Put right, the file is another one, and what is there already is unchanged.
  await writeFile(cut, packed)
  const repaired = await runHere(['import', cut, ...flags(), '--json'])
  const { created, unchanged, rejected } = JSON.parse(repaired.stdout) as Counts
  assert.deepEqual([created + unchanged, rejected], [400, 0])
  assert.ok(unchanged > 0)
})

test('--unknown keep stores what is outside the lists, with a warning; without, it is rejected', async () => {
  const [first, ...others] = conversations(2, 'unknown-') as [Conversation, Conversation]
  const file = await write('unknown.ndjson', ndjson([{ ...first, direction: 'SIDEWAYS' }, ...others]))
  const strict = await runHere(['import', file, ...flags()])
  assert.equal(strict.code, 1)
  assert.match(strict.stderr, /line 1: direction /)
  const keeping = await runHere(['import', file, ...flags(), '--unknown', 'keep'])
  assert.deepEqual([keeping.code, keeping.stdout], [0, '1 created, 0 updated, 1 unchanged, 0 rejected\n'])
  assert.match(keeping.stderr, /^[^\n]*unknown\.ndjson: interaction unknown-000001: direction [^\n]+\n$/)
})

test('a bar shows the progress on a terminal, and remarks stand on lines of their own', {
  skip: NO_TERMINAL,
}, async (t) => {
  const lines = ndjson(conversations(1500, 'bar-')).split('\n')
  const file = await write('bar.ndjson', [...lines.slice(0, 900), '{}', ...lines.slice(900)].join('\n'))
  const { code, stdout } = await parlanceOnTerminal(t, ['import', file, ...flags()])
  assert.equal(code, 1)
  assert.match(stdout, /█+░+ +\d+ %, \d+ s left {2}bar\.ndjson {2}\d+ done/)
  assert.match(stdout, /█{24} 100 % {2}bar\.ndjson {2}1500 done, 1 rejected\r?\n/)
  // What stands on a line in the end: what follows the last return to its start.
  const shown = stdout.split(/\r?\n/).map((line) => line.split('\u001b[K').at(-1) ?? '')
  assert.ok(shown.includes(`${file}: line 901: id is required`), stdout)
  assert.ok(shown.includes('1500 created, 0 updated, 0 unchanged, 1 rejected'), stdout)
})

test('there is no bar where nobody looks', async (t) => {
  const file = await write('piped.ndjson', ndjson(conversations(10, 'piped-')))
  const { code, stdout, stderr } = await parlance(t, ['import', file, ...flags()])
  assert.deepEqual([code, stdout, stderr], [0, '10 created, 0 updated, 0 unchanged, 0 rejected\n', ''])
})

test('killed in the middle and run again, it goes on where it stopped: nothing twice, nothing lost', async (t) => {
  const total = 5000
  const list = conversations(total, 'killed-')
  const file = await write('killed.ndjson', ndjson(list))
  await appendFile(file, '{"id":"broken"}\n')
  const before = (await store.getRevision(ACCOUNT)) ?? 0
  const child = start(t, process.execPath, [MAIN, 'import', file, ...flags()], {
    env: plainEnvironment(),
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
  while (((await store.getRevision(ACCOUNT)) ?? 0) === before && child.exitCode === null) await sleep(2)
  child.kill('SIGKILL')
  assert.equal(await ended, 'SIGKILL')
  const done = ((await store.getRevision(ACCOUNT)) ?? 0) - before
  assert.ok(done > 0 && done < total, `it was killed after ${done}`)

  const { code, stdout, stderr } = await parlance(t, ['import', file, ...flags(), '--json'])
  assert.equal(code, 1)
  assert.ok(stderr.startsWith(`${file}: going on behind ${done}, where it stopped.\n`), stderr)
  const { files: _, ...counts } = JSON.parse(stdout) as Counts
  assert.deepEqual(counts, { created: total, updated: 0, unchanged: 0, rejected: 1 })
  assert.equal((await store.getRevision(ACCOUNT)) ?? 0, before + total)
  await assertStored(list.slice(done - 5, done + 5))

  // Finished, it is forgotten: a third run reads everything, and changes nothing.
  const third = await parlance(t, ['import', file, ...flags(), '--json'])
  assert.ok(!third.stderr.includes('going on'))
  const { unchanged, created } = JSON.parse(third.stdout) as Counts
  assert.deepEqual([created, unchanged], [0, total])
})

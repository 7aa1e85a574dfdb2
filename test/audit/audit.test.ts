import assert from 'node:assert/strict'
import { readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { type Audit, type AuditEntry, openAudit } from '../../src/audit/audit.ts'
import { MAX_WAITING_BYTES } from '../../src/audit/lines.ts'
import { cleanUp, temporaryDirectory } from '../store/sqlite/support.ts'

const ENTRY: AuditEntry = {
  at: Date.UTC(2024, 2, 1, 12),
  request: 'r1',
  account: 'acme',
  client: 'acme.client',
  action: 'read',
  what: 'listing',
  count: 3,
  status: 200,
}

/** What a stream has told about itself. */
function watching() {
  const counts = { written: 0, lost: 0 }
  const failures: string[] = []
  return {
    counts,
    failures,
    counted(outcome: 'written' | 'lost', lines: number) {
      counts[outcome] += lines
    },
    failed(error: NodeJS.ErrnoException) {
      failures.push(error.code ?? error.message)
    },
  }
}

async function opened(t: TestContext, destination: string, watcher = watching()) {
  const audit: Audit = await openAudit(destination, watcher)
  cleanUp(t, () => audit.close())
  return { audit, watcher }
}

const linesIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

async function fileFor(t: TestContext): Promise<string> {
  return join(await temporaryDirectory(t), 'audit.log')
}

test('an entry is a line of JSON in a file that only its owner reads', async (t) => {
  const file = await fileFor(t)
  const { audit, watcher } = await opened(t, file)
  audit.record(ENTRY)
  audit.record({ ...ENTRY, action: 'erase', what: 'interaction', id: 'one\n"two"', count: 1 })
  await audit.close()
  const { at: _, ...rest } = ENTRY
  const time = '2024-03-01T12:00:00.000Z'
  assert.deepEqual(linesIn(file), [
    { time, ...rest },
    { time, ...rest, action: 'erase', what: 'interaction', id: 'one\n"two"', count: 1 },
  ])
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual([watcher.counts, watcher.failures], [{ written: 2, lost: 0 }, []])
})

test('what is there is appended to, by several at once, in whole lines', async (t) => {
  const file = await fileFor(t)
  const streams = [await opened(t, file), await opened(t, file), await opened(t, file)]
  for (let n = 0; n < 2000; n += 1) {
    for (const [index, { audit }] of streams.entries()) audit.record({ ...ENTRY, request: `${index}-${n}` })
    if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(streams.map(({ audit }) => audit.close()))
  const requests = linesIn(file).map(({ request }) => request)
  assert.equal(requests.length, 6000)
  assert.equal(new Set(requests).size, 6000)
  // Of each stream in the order of its entries.
  const first = requests.filter((request) => request.startsWith('0-'))
  assert.deepEqual(
    first,
    Array.from({ length: 2000 }, (_, n) => `0-${n}`),
  )
})

test('a file that was renamed is left at once, and nothing is lost between the two', async (t) => {
  const file = await fileFor(t)
  const { audit, watcher } = await opened(t, file)
  const record = (from: number, to: number) => {
    for (let n = from; n < to; n += 1) audit.record({ ...ENTRY, request: String(n) })
  }
  record(0, 500)
  renameSync(file, `${file}.1`)
  const reopening = audit.reopen()
  record(500, 1000)
  await reopening
  record(1000, 1500)
  await audit.close()
  const [old, current] = [linesIn(`${file}.1`), linesIn(file)]
  assert.deepEqual(
    [...old, ...current].map(({ request }) => request),
    Array.from({ length: 1500 }, (_, n) => String(n)),
  )
  assert.ok(current.length >= 500)
  assert.equal(watcher.counts.lost, 0)
})

test('what cannot be opened is refused', async () => {
  const watcher = watching()
  await assert.rejects(openAudit('/no/such/folder/audit.log', watcher), { code: 'ENOENT' })
  await assert.rejects(openAudit('/', watcher), { code: 'EISDIR' })
})

test('a full disk is told once, costs entries beyond what may wait, and holds up nothing', async (t) => {
  // Every write to it fails as on a full disk.
  const { audit, watcher } = await opened(t, '/dev/full')
  const count = Math.ceil(MAX_WAITING_BYTES / 100)
  for (let n = 0; n < count; n += 1) audit.record(ENTRY)
  const dropped = watcher.counts.lost
  assert.ok(dropped > 0 && dropped < count)
  await audit.close()
  assert.deepEqual([watcher.counts, watcher.failures], [{ written: 0, lost: count }, ['ENOSPC']])
})

test('once there is room again, what waited is written', async (t) => {
  const file = await fileFor(t)
  const watcher = watching()
  const { Lines } = await import('../../src/audit/lines.ts')
  const { openSync } = await import('node:fs')
  // Opened again it is a file with room.
  const lines = new Lines(openSync('/dev/full', 'a'), file, watcher)
  lines.add('{"n":1}\n')
  while (watcher.failures.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await lines.reopen()
  lines.add('{"n":2}\n')
  await lines.close()
  assert.deepEqual(linesIn(file), [{ n: 1 }, { n: 2 }])
  assert.deepEqual([watcher.counts, watcher.failures], [{ written: 2, lost: 0 }, ['ENOSPC']])
})

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import test, { type TestContext } from 'node:test'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { draft, listedIds } from '../store/contract/drafts.ts'
import { changesOf } from '../store/contract/living-drafts.ts'
import { deploy } from './support/deployment.ts'
import { runHere } from './support/run-here.ts'

/** A text that would be found in the files wherever it lay there as it is. */
const ID = (n: number) => `interaction-${n}`
const CUSTOMERS = ['ann', 'bob', 'cem']

async function prepared(t: TestContext, count = 9) {
  const { directory, file, database } = await deploy(t)
  const use = async <Result>(action: (store: Store) => Promise<Result>): Promise<Result> => {
    const store = await openStore(`sqlite:${file}`)
    try {
      return await action(store)
    } finally {
      await store.close()
    }
  }
  const drafts = Array.from({ length: count }, (_, n) => draft({ id: ID(n), customer: CUSTOMERS[n % 3] }))
  await use((store) => store.writeInteractions('acme', drafts))
  const erase = (...options: string[]) => runHere(['erase', ...database, ...options])
  const json = async (...options: string[]) => {
    const { code, stdout, stderr } = await erase('--json', '--account', 'acme', ...options)
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  const ids = () => use((store) => listedIds(store, 'acme'))
  return { directory, file, database, use, erase, json, ids }
}

test('interactions are erased by their ids, those that are not there too', async (t) => {
  const { json, ids, use } = await prepared(t, 3)
  const receipt = await json('--interaction', ID(0), '--interaction', ID(1), 'nowhere')
  const { erasure_id: erasureId, requested_at: requestedAt, erased_at: erasedAt, ...rest } = receipt
  assert.deepEqual(rest, {
    kind: 'interactions',
    interactions: 2,
    unknown: ['nowhere'],
    unknown_count: 1,
    purged_at: null,
  })
  assert.equal(typeof erasureId, 'string')
  assert.ok(Date.parse(requestedAt) <= Date.parse(erasedAt))
  assert.deepEqual(await ids(), [ID(2)])
  const [refused] = await use((store) => store.writeInteractions('acme', [draft({ id: 'nowhere' })]))
  assert.deepEqual(refused, { outcome: 'rejected', reason: 'erased' })
  const status = await json('--status', erasureId)
  assert.deepEqual([status.erasure_id, status.interactions, 'unknown' in status], [erasureId, 2, false])
})

test('a customer is erased to the end, whatever a run that was killed has left', async (t) => {
  const { json, ids, use } = await prepared(t, 900)
  await use(async (store) => {
    const target = { kind: 'customer', customerId: 'bob' } as const
    await store.erase('acme', { erasureId: 'killed', target, now: Date.now() })
    await store.eraseMore('acme', 7, Date.now())
  })
  const receipt = await json('--customer', 'ann')
  assert.deepEqual([receipt.kind, receipt.interactions, receipt.unknown], ['customer', 300, []])
  assert.notEqual(receipt.erased_at, null)
  const killed = await json('--status', 'killed')
  assert.deepEqual([killed.interactions, killed.erased_at !== null], [300, true])
  assert.equal((await ids()).length, 300)
})

test('a whole account is erased only with its id twice', async (t) => {
  const { erase, json, ids } = await prepared(t)
  for (const confirm of [[], ['--confirm', 'acme2']]) {
    const { code, stderr } = await erase('--account', 'acme', '--all', ...confirm)
    assert.equal(code, 2)
    assert.match(stderr, /--confirm acme/)
  }
  assert.equal((await ids()).length, 9)
  const receipt = await json('--all', '--confirm', 'acme')
  assert.deepEqual([receipt.kind, receipt.interactions], ['account', 9])
  assert.deepEqual(await ids(), [])
})

test('a file of more ids than one erasure takes is erased by several', async (t) => {
  const { directory, json, erase, ids, use } = await prepared(t, 1500)
  const file = `${directory}/ids.txt`
  const lines = Array.from({ length: 1200 }, (_, n) => (n % 2 === 0 ? `${ID(n)}\r` : ID(n)))
  writeFileSync(file, `\n${lines.join('\n')}\n\nnowhere`)
  const receipt = await json('--ids-file', file)
  assert.deepEqual(
    [receipt.interactions, receipt.unknown, receipt.erasure_ids.length],
    [1200, ['nowhere'], 2],
  )
  assert.equal(receipt.erasure_id, receipt.erasure_ids[0])
  assert.equal((await ids()).length, 300)
  // Run again it finds nothing new, and is no failure.
  const again = await json('--ids-file', file)
  assert.deepEqual([again.interactions, again.unknown.length, again.unknown_count], [0, 1000, 1201])
  const erased = (await use((store) => changesOf(store, 'acme', 0, 10_000))).filter(
    ([, , kind]) => kind === 'erased',
  )
  assert.equal(erased.length, 1201)

  writeFileSync(file, `${ID(1300)}\n${'x'.repeat(257)}\n${ID(1301)}\n`)
  const bad = await erase('--account', 'acme', '--ids-file', file)
  assert.equal(bad.code, 1)
  assert.match(
    bad.stderr,
    /ids\.txt, line 2: an id has 1 to 256 bytes, and no NUL character\. The lines before it are erased\./,
  )
  const left = await ids()
  assert.deepEqual([left.includes(ID(1300)), left.includes(ID(1301))], [false, true])
  // As Windows writes text: taken for ids that nobody has, they would be told as erased.
  writeFileSync(file, `${ID(1301)}\n`, 'utf16le')
  const wide = await erase('--account', 'acme', '--ids-file', file)
  assert.deepEqual([wide.code, /line 1: an id has .* no NUL/.test(wide.stderr)], [1, true])
  writeFileSync(file, 'caf\u00e9\n', 'latin1')
  const latin = await erase('--account', 'acme', '--ids-file', file)
  assert.deepEqual([latin.code, /ids\.txt is not UTF-8/.test(latin.stderr)], [1, true])
  writeFileSync(file, 'x'.repeat(10_000))
  assert.match((await erase('--account', 'acme', '--ids-file', file)).stderr, /does not hold one id a line/)
  writeFileSync(file, '\n')
  assert.equal((await erase('--account', 'acme', '--ids-file', file)).code, 1)
  const missing = await erase('--account', 'acme', '--ids-file', `${file}.gone`)
  assert.deepEqual([missing.code, /Cannot read/.test(missing.stderr)], [1, true])
})

test('--purge leaves nothing in the files, with an erasure or alone', async (t) => {
  const { file, json, erase } = await prepared(t)
  const holds = (id: string) =>
    [file, `${file}-wal`].filter(existsSync).some((path) => readFileSync(path).includes(`customer-of-${id}`))
  const { use } = { use: (action: (store: Store) => Promise<unknown>) => openAnd(file, action) }
  const secret = draft({ id: 'secret', customer: 'customer-of-secret' })
  const other = draft({ id: 'other', customer: 'customer-of-other' })
  await use((store) => store.writeInteractions('acme', [secret, other]))
  assert.deepEqual([holds('secret'), holds('other')], [true, true])
  const receipt = await json('--interaction', 'secret', '--purge')
  assert.notEqual(receipt.purged_at, null)
  assert.deepEqual([holds('secret'), holds('other')], [false, true])

  assert.match((await erase('--purge')).stdout, /There is nothing to purge/)
  const { erasure_id: erasureId, purged_at: unpurged } = await json('--interaction', 'other')
  assert.equal(unpurged, null)
  assert.deepEqual(JSON.parse((await erase('--purge', '--json')).stdout), { purged: true })
  assert.notEqual((await json('--status', erasureId)).purged_at, null)
  assert.equal(holds('other'), false)
})

async function openAnd(file: string, action: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openStore(`sqlite:${file}`)
  await action(store).finally(() => store.close())
}

test('people read a receipt in lines', async (t) => {
  const { erase } = await prepared(t)
  const { code, stdout } = await erase('--account', 'acme', '--interaction', ID(0), 'nowhere')
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^Erasure \S+ \(interactions\): 1 interactions\nNot there, and refused from now on: 1 ids\n/,
  )
  assert.match(stdout, /\nRequested: \S+Z\nErased: {4}\S+Z\nPurged: {4}not yet\n$/)
})

test('where it is not plain what to erase, nothing is', async (t) => {
  const { erase, ids } = await prepared(t)
  const wrong: string[][] = [
    [],
    ['--account', 'acme'],
    ['--interaction', ID(0)],
    ['--account', 'acme', '--interaction', ID(0), '--customer', 'ann'],
    ['--account', 'acme', '--customer', 'ann', '--all', '--confirm', 'acme'],
    ['--account', 'acme', '--customer', 'ann', '--confirm', 'acme'],
    ['--account', 'acme', '--customer', 'ann', '--status', 'one'],
    ['--account', 'acme', '--purge', '--status', 'one'],
    ['--status', 'one'],
    ['--account', 'acme', '--customer', ''],
    ['--account', 'acme', '--interaction', 'x'.repeat(257)],
  ]
  for (const options of wrong) {
    const { code, stdout } = await erase(...options)
    assert.deepEqual([code, stdout], [2, ''], options.join(' '))
  }
  const failing: string[][] = [
    ['--account', 'nobody', '--customer', 'ann'],
    ['--account', 'acme', '--status', 'none'],
  ]
  for (const options of failing) {
    const { code, stderr } = await erase(...options)
    assert.equal(code, 1, options.join(' '))
    assert.match(stderr, /There is no (account nobody|erasure none)/)
  }
  assert.equal((await ids()).length, 9)
})

test('doctor finds erasures that are not done, and those that are not purged', async (t) => {
  const { database, use } = await prepared(t)
  const HOUR = 3_600_000
  const check = async () => {
    const { code, stdout } = await runHere(['doctor', '--json', ...database])
    const found = JSON.parse(stdout).checks.find(({ name }: { name: string }) => name === 'erasures')
    return { code, ok: found.ok, detail: found.detail }
  }
  const request = (erasureId: string, ago: number, customerId?: string) => {
    const now = Date.now() - ago
    const target =
      customerId === undefined
        ? ({ kind: 'interactions', ids: [erasureId] } as const)
        : ({ kind: 'customer', customerId } as const)
    return use((store) => store.erase('acme', { erasureId, target: target as never, now }))
  }
  await request('young', 47 * HOUR)
  await request('going', HOUR / 2, 'ann')
  assert.deepEqual(await check(), { code: 0, ok: true, detail: 'erasures: 2' })
  await request('stuck', 2 * HOUR, 'bob')
  await request('old', 49 * HOUR)
  assert.deepEqual(await check(), {
    code: 1,
    ok: false,
    detail:
      'erasures: 4, 1 not done for more than an hour, 1 not purged from the files for more than two days',
  })
  await use(async (store) => {
    while ((await store.eraseMore('acme', 100, Date.now())).more);
    await store.purge(Date.now())
  })
  assert.deepEqual(await check(), { code: 0, ok: true, detail: 'erasures: 4' })
})

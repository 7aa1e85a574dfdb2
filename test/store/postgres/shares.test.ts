import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Share, Shares } from '../../../src/store/postgres/shares.ts'
import { accountOf, sql } from '../../../src/store/postgres/statement.ts'

const SECOND = 1000

/** Ten connections whose time is the test's. What has begun and not ended hangs. */
function start(t: TestContext, size = 10) {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const shares = new Shares(size, 10 * SECOND, () => new Error('late'))
  /** Accounts in the order in which they began, were cut, and were refused. */
  const told = { began: [] as string[], cut: [] as string[], late: [] as string[] }
  t.after(() => shares.close())
  const begun = async (account: string | undefined): Promise<Share> => {
    const share = await shares.take(account)
    told.began.push(String(account))
    shares.sent(share, () => {
      told.cut.push(String(account))
      end(share)
    })
    return share
  }
  const end = (share: Share) => {
    shares.ended(share)
    shares.give(share)
  }
  const settle = () => new Promise(setImmediate)
  return {
    told,
    end,
    /** Begins when it may, and never ends by itself. */
    async hang(...accounts: (string | undefined)[]) {
      for (const account of accounts) begun(account).catch(() => told.late.push(String(account)))
      await settle()
    },
    /** Begins when it may, and is answered at once. */
    async ask(...accounts: string[]) {
      for (const account of accounts) begun(account).then(end, () => told.late.push(account))
      await settle()
    },
    begun,
    async pass(milliseconds: number) {
      for (let past = 0; past < milliseconds; past += SECOND / 4) {
        t.mock.timers.tick(SECOND / 4)
        await settle()
      }
    },
  }
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

test('one account leaves a quarter of the pool, and waits for no longer than a connection is waited for', async (t) => {
  const { told, hang, ask, pass } = start(t)
  await hang(...Array(12).fill('a'))
  assert.equal(told.began.length, 8)
  await ask('b', 'c')
  assert.deepEqual(told.began.slice(8), ['b', 'c'])
  await pass(10 * SECOND)
  assert.deepEqual(told.late, Array(4).fill('a'))
  // Nobody else has waited.
  assert.deepEqual(told.cut, [])
})

test('accounts take turns, however many requests of one wait', async (t) => {
  const { told, begun, end, hang } = start(t, 1)
  const first = await begun('x')
  await hang('a', 'a', 'a', 'b')
  end(first)
  assert.deepEqual(told.began, ['x'])
  await new Promise(setImmediate)
  assert.deepEqual(told.began, ['x', 'a'])
})

test('what hangs beyond half of the pool is cut while others wait, the youngest first', async (t) => {
  const { told, hang, ask, pass } = start(t)
  await hang(...named('a', 5))
  await pass(SECOND)
  await hang(...named('b', 5))
  await ask('c', 'd')
  await pass(4 * SECOND)
  assert.deepEqual(told.began.slice(10), ['c', 'd'])
  const cut = [...told.cut]
  assert.ok(cut.length > 0)
  assert.ok(cut.every((account) => account.startsWith('b')))
  await pass(20 * SECOND)
  assert.deepEqual(told.cut, cut)
})

test('accounts that are answered are so at once while many that were not are tried', async (t) => {
  const { told, hang, ask, pass } = start(t)
  await hang(...named('a', 5))
  await ask('well')
  await pass(SECOND)
  await ask('well')
  await hang(...named('b', 5))
  await pass(2 * SECOND)
  for (let n = 0; n < 8; n += 1) {
    await hang(...named(`c${n}`, 10))
    told.began.length = 0
    await ask('well')
    await pass(SECOND)
    if (n > 0) assert.equal(told.began[0], 'well')
  }
})

test('of those that have hung, who has less often comes first', { timeout: 30_000 }, async (t) => {
  const { told, begun, end, hang, ask, pass } = start(t)
  const bad = named('a', 20)
  // Until all have hung as often as is counted.
  for (let n = 0; n < 8; n += 1) {
    await hang(...bad)
    await pass(10 * SECOND)
  }
  const slow = begun('hiccup')
  await pass(3 * SECOND)
  await hang(...bad)
  end(await slow)
  told.began.length = 0
  for (let n = 0; n < 2; n += 1) {
    await ask('hiccup')
    await pass(2 * SECOND)
  }
  assert.deepEqual(
    told.began.filter((account) => account === 'hiccup'),
    ['hiccup', 'hiccup'],
  )
})

test('who has hung has one connection, also where the answer came late', async (t) => {
  const { told, begun, end, hang, ask, pass } = start(t)
  const late = await begun('a')
  await pass(3 * SECOND)
  await hang('a')
  assert.deepEqual(told.began, ['a'])
  end(late)
  await ask('b')
  assert.deepEqual(told.began, ['a', 'a', 'b'])
  await hang('a', 'a')
  assert.equal(told.began.length, 3)
  await pass(10 * SECOND)
  assert.deepEqual(told.late, ['a', 'a'])
})

test('who was slow and is answered in time has as many as before', async (t) => {
  const { told, begun, end, hang, ask, pass } = start(t)
  const late = await begun('a')
  await pass(3 * SECOND)
  end(late)
  await ask('a')
  await hang('a', 'a', 'a')
  assert.deepEqual(told.began, ['a', 'a', 'a', 'a', 'a'])
})

test('a process that had no time to look takes nothing for hanging', async (t) => {
  const { told, begun, hang } = start(t, 2)
  await begun('a')
  await begun('b')
  await hang('c')
  t.mock.timers.tick(SECOND / 2)
  t.mock.timers.tick(SECOND / 2)
  assert.deepEqual(told.cut, [])
})

test('what belongs to no account is neither bounded nor cut', async (t) => {
  const { told, hang, ask, pass } = start(t)
  await hang(...Array(10).fill(undefined))
  await ask('a')
  await pass(9 * SECOND)
  assert.deepEqual(told.cut, [])
  await pass(2 * SECOND)
  assert.deepEqual(told.late, ['a'])
})

test('with one connection in all, what hangs is cut for others', async (t) => {
  const { told, hang, ask, pass } = start(t, 1)
  await hang('a')
  await ask('b')
  await pass(3 * SECOND)
  assert.deepEqual(told, { began: ['a', 'b'], cut: ['a'], late: [] })
})

test('statements are of an account where all that name one name the same', () => {
  const own = (account: string) => sql('SELECT 1 FROM parlance.clients WHERE account_id = $1', account)
  assert.equal(accountOf([own('a')]), 'a')
  assert.equal(accountOf([own('a'), own('a'), sql('COMMIT')]), 'a')
  assert.equal(accountOf([own('a'), own('b')]), undefined)
  assert.equal(accountOf([sql('SELECT name FROM parlance.accounts WHERE account_id = $1', 'a')]), undefined)
  assert.equal(accountOf([sql('SELECT value FROM parlance.settings WHERE name = $1', 'a')]), undefined)
  assert.equal(accountOf([]), undefined)
})

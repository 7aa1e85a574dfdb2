import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { temporaryDirectory } from './support/process.ts'
import { runHere } from './support/run-here.ts'

test('an account says how long it keeps, and keeps what is not named', async (t) => {
  const database = `sqlite:${join(await temporaryDirectory(t), 'parlance.db')}`
  const run = (...argv: string[]) => runHere([...argv, '--database', database])
  const set = (...options: string[]) => run('account', 'set', 'acme', ...options)
  const settings = async () => {
    const [account] = JSON.parse((await run('account', 'list', '--json')).stdout).accounts
    return [account.retention_days, account.idle_seconds, account.redaction.kinds]
  }
  await run('account', 'create', 'Acme', '--id', 'acme')
  assert.deepEqual(await settings(), [null, 86_400, ['card']])

  const changed = await set('--retention-days', '90', '--idle-after', '30m')
  assert.deepEqual([changed.code, changed.stdout], [0, ''])
  assert.match(changed.stderr, /What acme stores is erased for good 90 days after its end\./)
  assert.match(changed.stderr, /Open interactions of acme end after 30 minutes without a word\./)
  assert.deepEqual(await settings(), [90, 1800, ['card']])

  await set('--redact', 'email')
  assert.deepEqual(await settings(), [90, 1800, ['email']])
  assert.deepEqual(JSON.parse((await set('--idle-after', 'never', '--json')).stdout), {
    account_id: 'acme',
    idle_seconds: null,
  })
  assert.deepEqual(await settings(), [90, null, ['email']])
  const none = await set('--retention-days', 'none', '--idle-after', '7d')
  assert.match(none.stderr, /kept for good\.\n.*after 7 days/)
  assert.deepEqual(await settings(), [null, 604_800, ['email']])

  const created = await run(
    'account',
    'create',
    'New',
    '--retention-days',
    '1',
    '--idle-after',
    '1h',
    '--json',
  )
  const { account_id: _, ...told } = JSON.parse(created.stdout)
  assert.deepEqual(told, { name: 'New', retention_days: 1, idle_seconds: 3600 })

  const wrong: [option: string, value: string][] = [
    ...['0', '36501', '-1', '1.5', '1e3', '', 'never'].map((value): [string, string] => [
      '--retention-days',
      value,
    ]),
    ...['59s', '0m', '366d', '24', 'none', '', '1.5h', '1w'].map((value): [string, string] => [
      '--idle-after',
      value,
    ]),
  ]
  for (const [option, value] of wrong) {
    const { code, stdout, stderr } = await set(`${option}=${value}`)
    assert.deepEqual([code, stdout], [2, ''], `${option} ${value}`)
    assert.ok(stderr.includes(`${option}: "${value}" is neither`), stderr)
  }
  assert.deepEqual(await settings(), [null, 604_800, ['email']])
})

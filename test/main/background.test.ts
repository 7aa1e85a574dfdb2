import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { clientOf } from '../cli/support/client.ts'
import { deploy } from '../cli/support/deployment.ts'
import { temporaryDirectory } from '../cli/support/process.ts'
import { startServer as startProcess } from '../cli/support/server.ts'
import { createAccess, startServer } from '../fixtures/server.ts'
import { ask, interaction, until, write } from '../http/support.ts'
import { draft } from '../store/contract/drafts.ts'
import { startWorkers } from '../workers/support.ts'

const metricsOf = async (server: { address: string }) => (await ask(server, '/metrics')).text

test('a server finishes what was left of an erasure, tells it, and names no customer', async (t) => {
  const first = await startServer(t)
  const { accountId, token } = await createAccess(first)
  const drafts = [1, 2, 3].map((n) => draft({ id: `i${n}`, customer: 'ann@example.com' }))
  await first.store.writeInteractions(accountId, drafts)
  const target = { kind: 'customer', customerId: 'ann@example.com' } as const
  await first.store.erase(accountId, { erasureId: 'e1', target, now: Date.now() })
  await first.stop()

  const server = await startServer(t, {}, first.file)
  await until(async () => (await server.store.getErasure(accountId, 'e1'))?.erasedAt !== undefined)
  await until(() => server.log.some(({ interactions }) => interactions === 3))
  assert.match(await metricsOf(server), /^parlance_swept_interactions_total\{work="erase"\} 3$/m)
  assert.ok(!JSON.stringify(server.log).includes('ann@'))
  assert.equal((await ask(server, '/healthz', { token })).status, 200)
})

test('SIGHUP opens the audit file again where there is one, and goes on serving', async (t) => {
  const { serverFlags, directory } = await deploy(t)
  const file = `${directory}/audit.log`
  for (const start of [
    (flags: string[]) => startProcess(t, ['--workers', '1', ...flags]),
    (flags: string[]) => startWorkers(t, flags),
  ]) {
    const server = await start([...serverFlags, '--audit', file])
    assert.ok(existsSync(file))
    renameSync(file, `${file}.1`)
    server.child.kill('SIGHUP')
    await until(() => existsSync(file))
    assert.equal((await clientOf(server.url, '').ask('/healthz')).status, 200)
    assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null })
  }
})

test('without an audit file SIGHUP stops the server', async (t) => {
  const { serverFlags } = await deploy(t)
  const server = await startProcess(t, ['--workers', '1', ...serverFlags, '--audit', 'stdout'])
  assert.deepEqual(await server.end('SIGHUP'), { code: 0, signal: null })
})

test('what is asked over HTTP is erased in the background, and recorded for the audit', async (t) => {
  const file = join(await temporaryDirectory(t), 'audit.log')
  const server = await startServer(t, { PARLANCE_AUDIT: file })
  const { accountId, clientId, token } = await createAccess(server)
  await write(server, { token }, [interaction('one'), interaction('two', { customer_id: 'ann' })])
  const answer = await ask(server, '/v1/customers/ann', { method: 'DELETE', token })
  assert.equal(answer.status, 202, answer.text)
  const { id } = JSON.parse(answer.text)
  // Long before the round of the next minute.
  await until(async () => (await server.store.getErasure(accountId, id))?.erasedAt !== undefined)
  assert.equal((await ask(server, '/v1/interactions/one', { token })).status, 200)
  await server.stop()
  const entries = readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.ok(!entries.some((entry) => entry.includes('ann')))
  assert.deepEqual(
    entries.map((entry) => {
      const { account, client, action, what, id, count, status } = JSON.parse(entry)
      assert.deepEqual([account, client], [accountId, clientId])
      return [action, what, id, count, status]
    }),
    [
      ['write', 'batch', undefined, 2, 200],
      ['erase', 'customer', undefined, 0, 202],
      ['read', 'interaction', 'one', 1, 200],
    ],
  )
})

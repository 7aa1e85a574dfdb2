import assert from 'node:assert/strict'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { deploy } from '../cli/support/deployment.ts'
import { MAIN, plainEnvironment, start } from '../cli/support/process.ts'

test('where the start fails when the workers serve already, they are stopped, and it is told once', async (t) => {
  const deployment = await deploy(t)
  // The first thing that is written when all of them serve.
  const db = new DatabaseSync(deployment.file)
  db.exec(`CREATE TRIGGER failing BEFORE INSERT ON settings BEGIN SELECT RAISE(ABORT, 'no settings'); END`)
  db.close()
  const child = start(
    t,
    process.execPath,
    [MAIN, 'serve', '--workers', '2', '--listen', '127.0.0.1:0', ...deployment.serverFlags],
    { env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
  )
  assert.ok(child.stdout && child.stderr)
  // Both end when the last process that writes to them has ended, so no worker is left.
  const [out, log, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  assert.equal(code, 1)
  assert.equal(out, '')
  assert.equal(log.match(/"msg":"worker serves"/g)?.length, 2)
  assert.equal(log.match(/^parlance: .*no settings/gm)?.length, 1)
})

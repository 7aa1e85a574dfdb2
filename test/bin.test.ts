import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { conversation, ndjson } from './cli/support/conversations.ts'
import { ACCOUNT, deploy } from './cli/support/deployment.ts'
import { plainEnvironment, runProgram, start, temporaryDirectory } from './cli/support/process.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const BIN = join(ROOT, 'bin/parlance.js')

/** Node as the machine has it, outside this project. */
const machinePath = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))

/** The first Node there that cannot run TypeScript as it is. */
function olderNode(): string | undefined {
  for (const folder of machinePath) {
    const file = join(folder, 'node')
    if (!existsSync(file)) continue
    const { stdout } = spawnSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    const [major = 0, minor = 0] = (stdout ?? '').split('.').map(Number)
    if (major > 0 && (major < 24 || (major === 24 && minor < 12))) return file
  }
  return undefined
}

const older = olderNode()
const noOlder = older === undefined && 'there is no Node older than 24.12 on the PATH'
const noNpx = !machinePath.some((folder) => existsSync(join(folder, 'npx'))) && 'npx is not on the PATH'

test('on this Node, arguments and exit codes go through', async (t) => {
  const cwd = await temporaryDirectory(t)
  const [version, wrong] = await Promise.all([
    runProgram(t, process.execPath, [BIN, '--version'], { cwd }),
    runProgram(t, process.execPath, [BIN, 'account', 'create'], { cwd }),
  ])
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  assert.deepEqual([version.code, wrong.code], [0, 2])
})

test('an older Node hands over to the pinned one: arguments, standard input and exit codes', {
  skip: noOlder,
}, async (t) => {
  const { database } = await deploy(t)
  const flags = ['--account', ACCOUNT, ...database]
  const input = ndjson([conversation(1), { ...conversation(2), direction: 'NOWHERE' }])
  const [one, wrong] = await Promise.all([
    runProgram(t, String(older), [BIN, 'import', '-', ...flags, '--json'], { input }),
    runProgram(t, String(older), [BIN, 'account', 'create', 'two words', 'too many']),
  ])
  assert.equal(one.code, 1)
  assert.deepEqual([JSON.parse(one.stdout).created, JSON.parse(one.stdout).rejected], [1, 1])
  assert.match(one.stderr, /standard input: line 2: direction /)
  assert.deepEqual([wrong.code, wrong.stdout], [2, ''])
  assert.match(wrong.stderr, /too many arguments/)
})

test('SIGTERM goes through to the server behind an older Node', { skip: noOlder }, async (t) => {
  const { serverFlags } = await deploy(t)
  const child = start(t, String(older), [BIN, 'serve', '--json', '--listen', '127.0.0.1:0', ...serverFlags], {
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  await Promise.race([once(child.stdout as Readable, 'data'), once(child, 'exit')])
  assert.equal(child.exitCode, null, log)
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
  assert.ok(log.includes('"msg":"stopped"'), log)
})

test('npx parlance runs what is in this repository, with no registry', { skip: noNpx }, async (t) => {
  const cache = await temporaryDirectory(t)
  const env = {
    PATH: machinePath.join(delimiter),
    npm_config_cache: cache,
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_offline: 'true',
  }
  const { code, stdout, stderr } = await runProgram(t, 'npx', ['parlance', '--help'], { cwd: ROOT, env })
  assert.equal(code, 0, stderr)
  assert.ok(stdout.startsWith('Usage: parlance'), stdout)
})

import assert from 'node:assert/strict'
import test from 'node:test'
import { Option } from 'commander'
import { SETTINGS, type Setting } from '../../src/settings.ts'
import { MAIN, parlance, plainEnvironment, runProgram, start, temporaryDirectory } from './support/process.ts'
import { runHere } from './support/run-here.ts'

const COMMANDS: Record<string, string[]> = {
  '': [
    '--version',
    'demo',
    'serve',
    'account',
    'client',
    'keys',
    'token',
    'import',
    'erase',
    'migrate',
    'copy',
    'restored',
    'doctor',
  ],
  demo: ['--listen', '--json', 'sqlite:data/demo.db', 'default: warn'],
  serve: ['--listen', '--json', 'sqlite:data/parlance.db', 'default: info', 'PARLANCE_OWN_TOKENS'],
  account: ['create', 'list', 'set'],
  'account create': ['<name>', '--id', '--retention-days', '--idle-after', '--json', '--database'],
  'account list': ['--json', '--database'],
  'account set': [
    '<id>',
    '--name',
    '--redact <kinds>',
    '--redact-pattern',
    '--retention-days',
    '--idle-after',
    '--json',
  ],
  client: ['create', 'list', 'rotate', 'remove'],
  'client create': ['--account', '--scope', '--public-key', '--json', 'interactions-public:read'],
  'client list': ['--account', '--json'],
  'client rotate': ['<client-id>', '--public-key', '--json'],
  'client remove': ['<client-id>', '--json'],
  keys: ['rotate', 'list'],
  'keys rotate': ['--overlap', 'default: 24', '--cursors', '--json'],
  'keys list': ['--json'],
  token: ['--client-id', '--private-key', '--url', '--json', 'PARLANCE_CLIENT_SECRET'],
  import: ['<file...>', '--account', '--format', '--unknown', 'default: reject', '--json'],
  erase: [
    '--account',
    '--interaction',
    '--customer',
    '--ids-file',
    '--all',
    '--confirm',
    '--purge',
    '--status',
  ],
  copy: ['--from', '--to', '--more', '--json', '--password-file'],
  restored: ['--json', '--database', '410'],
  migrate: ['--json', '--database', '--password-file', 'citus'],
  doctor: ['--json', '--database', '--workers', 'PARLANCE_MASTER_KEY'],
}

test('--help tells of each command what it takes, on stdout, in eighty columns', async () => {
  for (const [command, parts] of Object.entries(COMMANDS)) {
    const words = command.split(' ').filter((word) => word !== '')
    const { code, stdout, stderr } = await runHere([...words, '--help'])
    assert.equal(code, 0, command)
    assert.equal(stderr, '', command)
    assert.ok(stdout.startsWith(`Usage: ${['parlance', ...words].join(' ')}`), stdout)
    for (const part of parts) assert.ok(stdout.includes(part), `${command} --help lacks ${part}: ${stdout}`)
    const wide = stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('      '))
    assert.deepEqual(wide, [], command)
  }
})

test('the help of serve tells every setting, with its variable and its default', async () => {
  const stdout = (await runHere(['serve', '--help'])).stdout.replace(/\s+/g, ' ')
  for (const { env, flag, default: fallback } of Object.values(SETTINGS) as Setting[]) {
    assert.ok(stdout.includes(env), env)
    if (flag !== undefined) assert.ok(stdout.includes(flag), flag)
    if (fallback !== undefined) assert.ok(stdout.includes(`default: ${fallback}`), `${env}: ${fallback}`)
  }
})

test('the process: help and version on stdout with exit code 0', async (t) => {
  const cwd = await temporaryDirectory(t)
  const [help, version, helpOf] = await Promise.all([
    parlance(t, ['--help'], { cwd }),
    parlance(t, ['--version'], { cwd }),
    parlance(t, ['help', 'client'], { cwd }),
  ])
  assert.deepEqual({ ...help, stdout: '' }, { code: 0, signal: null, stdout: '', stderr: '' })
  assert.ok(help.stdout.startsWith('Usage: parlance'))
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/)
  assert.equal(version.code, 0)
  assert.equal(helpOf.code, 0)
  assert.ok(helpOf.stdout.startsWith('Usage: parlance client'))
})

/** Tells on stderr which files a process loads. */
const TELL_LOADED = `data:text/javascript,import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { console.error(url); return next(url, context) } })`

test('help loads nothing of the server', async (t) => {
  const cwd = await temporaryDirectory(t)
  for (const argv of [['--help'], ['serve', '--help']]) {
    const args = ['--import', TELL_LOADED.replace('\n', ';'), MAIN, ...argv]
    const { code, stderr } = await runProgram(t, process.execPath, args, { cwd })
    assert.equal(code, 0)
    assert.ok(stderr.includes('/cli/program.ts'), stderr)
    const server = stderr
      .split('\n')
      .filter((url) => /fastify|oidc-provider|\/src\/(http|store\/sqlite)\//.test(url))
    assert.deepEqual(server, [])
  }
})

test('the process: wrong usage says so on stderr and ends with 2, with nothing on stdout', async (t) => {
  const cwd = await temporaryDirectory(t)
  const [nothing, unknown, setting] = await Promise.all([
    parlance(t, [], { cwd }),
    parlance(t, ['serv'], { cwd }),
    parlance(t, ['serve'], { cwd, env: { PARLANCE_LISTEN: 'here' } }),
  ])
  for (const { code, stdout } of [nothing, unknown, setting]) assert.deepEqual([code, stdout], [2, ''])
  assert.ok(nothing.stderr.startsWith('Usage: parlance'))
  assert.match(unknown.stderr, /^parlance: unknown command 'serv'\n.*serve.*\nSee: parlance --help\n$/)
  assert.match(setting.stderr, /^parlance: PARLANCE_LISTEN: "here" is not an address[^\n]+\n$/)
})

const WRONG: [argv: string, says: string][] = [
  ['--bogus', '--bogus'],
  ['account', 'Usage: parlance account'],
  ['account creat x', "unknown command 'creat'"],
  ['account create', "argument 'name'"],
  ['account create a b', 'too many arguments'],
  ['account create a --id a.b', '"a.b"'],
  ['account set a', '--retention-days or --idle-after'],
  ['client create --scope interactions:write', '--account'],
  ['client create --account a', '--scope'],
  ['client create --account a --scope read', '--scope: read'],
  ['client list', '--account'],
  ['client remove', "argument 'client-id'"],
  ['keys rotate --overlap x', '--overlap'],
  ['keys rotate --overlap 0', '--overlap'],
  ['token', '--client-id'],
  ['token --client-id a.b --url ftp://a', '--url'],
  ['token --client-id a.b --url nowhere', '--url'],
  ['token --client-id a.b --url http://a --talkdesk-region EU', '--talkdesk-region'],
  ['token --client-id a.b --talkdesk-region XX', '--talkdesk-region'],
  ['token --client-id a.b --talkdesk-region EU', '--talkdesk-account'],
  ['token --client-id a.b --talkdesk-account a', '--talkdesk-region'],
  ['token --client-id a.b --private-key a', '--url'],
  ['import --account a', "argument 'file'"],
  ['import a', '--account'],
  ['import a --account a --format csv', '--format'],
  ['import a --account a --unknown maybe', '--unknown'],
  ['erase', '--interaction, --customer, --ids-file and --all'],
  ['serve now', 'too many arguments'],
  ['serve --listen', '--listen'],
  ['serve --lisen 1', '--lisen'],
  ['doctor --json=yes', '--json'],
]

test('wrong usage ends with 2, names what is wrong and points to a help', async () => {
  for (const [argv, says] of WRONG) {
    const { code, stdout, stderr } = await runHere(argv.split(' '))
    assert.deepEqual({ argv, code, stdout }, { argv, code: 2, stdout: '' })
    assert.ok(stderr.includes(says), `${argv}: ${stderr}`)
  }
})

/** A bad value of each setting; `test/config.test.ts` has them all. */
const BAD: Record<string, string> = {
  PARLANCE_LISTEN: 'x',
  PARLANCE_DATABASE: 'x',
  PARLANCE_PUBLIC_URL: 'x',
  PARLANCE_REGION: 'x y',
  PARLANCE_MASTER_KEY: 'x',
  PARLANCE_MASTER_KEY_FILE: '/nowhere/at/all',
  PARLANCE_RATE_LIMIT: 'x',
  PARLANCE_LOG_LEVEL: 'x',
  PARLANCE_PURGE_AT: 'x',
  PARLANCE_OWN_TOKENS: 'x',
  PARLANCE_ISSUER: 'x',
  PARLANCE_ISSUER_JWKS_URL: 'x',
  PARLANCE_ISSUER_AUDIENCE: 'x',
  PARLANCE_MAX_CONNECTIONS: 'x',
  PARLANCE_SHUTDOWN_TIMEOUT: 'x',
}

test('a setting that cannot be used ends serve and demo with 2, naming the flag or the variable', async () => {
  for (const { env, flag } of Object.values(SETTINGS) as Setting[]) {
    const bad = BAD[env]
    if (bad === undefined) continue
    for (const command of ['serve', 'demo']) {
      const byVariable = await runHere([command], { [env]: bad })
      assert.deepEqual([env, byVariable.code, byVariable.stdout], [env, 2, ''])
      assert.ok(byVariable.stderr.includes(env), byVariable.stderr)
      if (flag === undefined) continue
      const byFlag = await runHere([command, flag, bad])
      assert.deepEqual([flag, byFlag.code, byFlag.stdout], [flag, 2, ''])
      assert.ok(byFlag.stderr.includes(`${flag}`), byFlag.stderr)
    }
  }
})

test('a variable that looks like a setting and is none is told', async () => {
  const { stderr } = await runHere(['serve', '--listen', 'x'], { PARLANCE_LISEN: '1' })
  assert.ok(stderr.startsWith('parlance: PARLANCE_LISEN is no setting'), stderr)
})

test('a reader that closes the pipe early is no fault', async (t) => {
  const cwd = await temporaryDirectory(t)
  const child = start(t, process.execPath, [MAIN, 'serve', '--help'], {
    cwd,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout?.destroy()
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
})

test('every flag of a setting reaches the configuration by the setting’s name', () => {
  for (const [name, { flag }] of Object.entries(SETTINGS as Record<string, Setting>)) {
    if (flag !== undefined) assert.equal(new Option(`${flag} <value>`).attributeName(), name)
  }
})

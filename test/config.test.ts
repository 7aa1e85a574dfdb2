import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import test from 'node:test'
import {
  ConfigError,
  type Environment,
  type Flags,
  isGiven,
  readConfig,
  unknownVariables,
} from '../src/config.ts'
import { SETTINGS, type SettingName } from '../src/settings.ts'
import { DATABASE_SETTINGS, numbers, type Row } from './config/database-settings.ts'
import { UPKEEP_SETTINGS } from './config/upkeep-settings.ts'

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const BASE64_KEY = Buffer.from(KEY, 'hex').toString('base64')
const OTHER_KEY = 'ff'.repeat(32)
const FILES: Record<string, string> = {
  '/key': `${KEY}\n`,
  '/other': OTHER_KEY,
  '/short': 'abcd',
  '/empty': '',
}

function readFile(path: string): string {
  const text = FILES[path]
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
  return text
}

const ISSUER = { PARLANCE_ISSUER: 'https://issuer.example', PARLANCE_ISSUER_AUDIENCE: 'parlance' }

const TABLE: Record<SettingName, Row> = {
  listen: {
    read: ({ listen }) => listen,
    byDefault: { host: '127.0.0.1', port: 8080 },
    good: [
      ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
      ['[::1]:65535', { host: '::1', port: 65_535 }],
    ],
    bad: ['', 'localhost', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:-1', '127.0.0.1:http'],
  },
  database: {
    read: ({ database }) => database,
    byDefault: 'sqlite:data/parlance.db',
    good: [
      ['sqlite:/srv/one.db', 'sqlite:/srv/one.db'],
      ['postgres://user:secret@host/name', 'postgres://user:secret@host/name'],
    ],
    bad: ['', 'sqlite:', 'postgres:', 'postgres://', 'parlance.db', 'mysql://user:password@host/name'],
  },
  ...DATABASE_SETTINGS,
  ...UPKEEP_SETTINGS,
  publicUrl: {
    read: ({ publicUrl }) => publicUrl,
    byDefault: undefined,
    good: [
      ['https://api.example/base//', 'https://api.example/base'],
      ['http://localhost:8080', 'http://localhost:8080'],
    ],
    bad: [
      '',
      'api.example',
      'ftp://api.example',
      'https://a.example?b',
      'https://a.example#b',
      'https:a.example',
    ].concat('https://user:password@a.example', 'https://:password@a.example', 'https://a b.example'),
  },
  region: {
    read: ({ region }) => region,
    byDefault: 'local',
    good: [
      ['EU', 'EU'],
      ['us-east_1.a', 'us-east_1.a'],
    ],
    bad: ['', 'a b', 'é', 'x'.repeat(65)],
  },
  masterKey: {
    read: ({ masterKey }) => masterKey && Buffer.from(masterKey).toString('hex'),
    byDefault: undefined,
    good: [
      [KEY.toUpperCase(), KEY],
      [BASE64_KEY, KEY],
    ],
    bad: ['secret', KEY.slice(2), `${KEY}00`, '!'.repeat(43)],
  },
  masterKeyFile: {
    read: ({ masterKey }) => masterKey && Buffer.from(masterKey).toString('hex'),
    byDefault: undefined,
    good: [
      ['/key', KEY],
      ['/other', OTHER_KEY],
    ],
    bad: ['', '/missing', '/short', '/empty'],
  },
  rateLimit: {
    read: ({ rateLimit }) => rateLimit,
    byDefault: 0,
    good: numbers(1, 1_000_000),
    bad: ['', '-1', '1.5', '1000001', '1e3', 'off'],
  },
  logLevel: {
    read: ({ logLevel }) => logLevel,
    byDefault: 'info',
    good: [
      ['debug', 'debug'],
      ['silent', 'silent'],
    ],
    bad: ['', 'INFO', 'verbose'],
  },
  ownTokens: {
    read: ({ ownTokens }) => ownTokens,
    byDefault: true,
    good: [
      ['off', false],
      ['on', true],
    ],
    bad: ['yes', '1', 'Off'],
    beside: ISSUER,
  },
  issuer: {
    read: ({ outsideIssuer }) => outsideIssuer?.issuer,
    byDefault: undefined,
    good: [
      ['https://one.example/', 'https://one.example/'],
      ['http://two.example/path', 'http://two.example/path'],
    ],
    bad: ['one.example', 'https://one.example?tenant=1'],
    beside: { PARLANCE_ISSUER_AUDIENCE: 'parlance' },
  },
  issuerJwksUrl: {
    read: ({ outsideIssuer }) => outsideIssuer?.jwksUrl,
    byDefault: 'https://issuer.example/.well-known/jwks.json',
    good: [
      ['https://keys.example/jwks', 'https://keys.example/jwks'],
      ['http://127.0.0.1:1/jwks', 'http://127.0.0.1:1/jwks'],
    ],
    bad: ['keys', 'file:///keys'],
    beside: ISSUER,
  },
  issuerAudience: {
    read: ({ outsideIssuer }) => outsideIssuer?.audience,
    byDefault: undefined,
    good: [
      ['one', 'one'],
      ['https://two.example', 'https://two.example'],
    ],
    bad: [],
    beside: { PARLANCE_ISSUER: 'https://issuer.example' },
  },
  issuerAccountClaim: {
    read: ({ outsideIssuer }) => outsideIssuer?.accountClaim,
    byDefault: 'aid',
    good: [
      ['tenant', 'tenant'],
      ['https://example/account', 'https://example/account'],
    ],
    bad: [],
    beside: ISSUER,
  },
  issuerScopeClaim: {
    read: ({ outsideIssuer }) => outsideIssuer?.scopeClaim,
    byDefault: 'scp',
    good: [
      ['scope', 'scope'],
      ['permissions', 'permissions'],
    ],
    bad: [],
    beside: ISSUER,
  },
  workers: {
    read: ({ workers }) => workers,
    byDefault: availableParallelism(),
    good: numbers(1, 256),
    bad: ['', '0', '257', '-1', '1.5', 'many'],
  },
  maxConnections: {
    read: ({ maxConnections }) => maxConnections,
    byDefault: 2000,
    good: numbers(1, 1_000_000),
    bad: ['', '0', 'many'],
  },
  shutdownTimeout: {
    read: ({ shutdownTimeout }) => shutdownTimeout,
    byDefault: 30_000,
    good: numbers(0, 3600, 1000),
    bad: ['', '3601', '30s', '-1'],
  },
}

const read = (flags: Flags, environment: Environment) => readConfig(flags, environment, readFile)

for (const name of Object.keys(SETTINGS) as SettingName[]) {
  const { env, flag } = SETTINGS[name] as { env: string; flag?: string }
  const { read: valueIn, byDefault, good, bad, beside = {} } = TABLE[name]
  const [[first, firstValue], [second, secondValue]] = good

  test(`${env}: flag over environment over default`, () => {
    // Without its audience an issuer is refused, and the other way round; see below.
    if (name !== 'issuer' && name !== 'issuerAudience') {
      assert.deepEqual(valueIn(read({}, beside)), byDefault)
      assert.deepEqual(valueIn(read({}, { ...beside, [env]: '' })), byDefault)
      assert.deepEqual(valueIn(read({}, { ...beside, [env]: '  ' })), byDefault)
    }
    assert.deepEqual(valueIn(read({}, { ...beside, [env]: first })), firstValue)
    assert.deepEqual(valueIn(read({}, { ...beside, [env]: ` ${second}\n` })), secondValue)
    if (flag === undefined) return
    assert.deepEqual(valueIn(read({ [name]: first }, beside)), firstValue)
    assert.deepEqual(valueIn(read({ [name]: first }, { ...beside, [env]: second })), firstValue)
    assert.deepEqual(valueIn(read({ [name]: second }, { ...beside, [env]: first })), secondValue)
  })

  test(`${env}: a value that cannot be used is refused, naming where it came from`, () => {
    for (const text of bad) {
      if (text !== '') assertRefused({}, { ...beside, [env]: text }, env)
      if (flag === undefined) continue
      assertRefused({ [name]: text }, beside, flag)
      // A bad variable that is overruled does no harm; a bad flag is not saved by a good variable.
      assert.deepEqual(valueIn(read({ [name]: first }, { ...beside, [env]: text })), firstValue)
      assertRefused({ [name]: text }, { ...beside, [env]: first }, flag)
    }
  })

  test(`${env}: is given by flag or by a variable that is not empty`, () => {
    assert.equal(isGiven(name, {}, {}), false)
    assert.equal(isGiven(name, {}, { [env]: ' ' }), false)
    assert.equal(isGiven(name, {}, { [env]: first }), true)
    assert.equal(isGiven(name, { [name]: first }, {}), true)
  })
}

function assertRefused(flags: Flags, environment: Environment, source: string): void {
  assert.throws(
    () => read(flags, environment),
    (error) => {
      assert.ok(error instanceof ConfigError, String(error))
      assert.ok(error.message.includes(source), `${error.message} does not name ${source}`)
      return true
    },
  )
}

test('no message repeats a password or a key', () => {
  const secret = 'hunter2hunter2'
  const wrongs: [Flags, Environment][] = [
    [{ database: `mysql://user:${secret}@host/name` }, {}],
    [
      {},
      {
        PARLANCE_DATABASE_READ: `mysql://user:${secret}@host/name`,
        PARLANCE_DATABASE: 'postgres://host/name',
      },
    ],
    // The embedded store has no replica.
    [{}, { PARLANCE_DATABASE_READ: `postgres://user:${secret}@host/name` }],
    [{ publicUrl: `https://user:${secret}@host` }, {}],
    [{}, { PARLANCE_MASTER_KEY: secret }],
  ]
  for (const [flags, environment] of wrongs) {
    assert.throws(
      () => read(flags, environment),
      (error) => error instanceof ConfigError && !error.message.includes(secret),
    )
  }
})

test('the master key comes from one place only', () => {
  assertRefused({ masterKeyFile: '/key' }, { PARLANCE_MASTER_KEY: KEY }, 'PARLANCE_MASTER_KEY')
  assertRefused({ masterKeyFile: '/key' }, { PARLANCE_MASTER_KEY: KEY }, '--master-key-file')
})

test('what belongs to an outside issuer is refused without it, and the issuer without its audience', () => {
  assertRefused({}, { PARLANCE_ISSUER: 'https://issuer.example' }, 'PARLANCE_ISSUER_AUDIENCE')
  assertRefused({}, { PARLANCE_ISSUER_AUDIENCE: 'parlance' }, 'PARLANCE_ISSUER ')
  assertRefused({}, { PARLANCE_ISSUER_JWKS_URL: 'https://keys.example' }, 'PARLANCE_ISSUER ')
  assertRefused({}, { PARLANCE_OWN_TOKENS: 'off' }, 'PARLANCE_OWN_TOKENS')
})

test('a host without brackets, a bare port and an empty host are understood', () => {
  assert.deepEqual(read({ listen: '9000' }, {}).listen, { host: '127.0.0.1', port: 9000 })
  assert.deepEqual(read({ listen: ':9000' }, {}).listen, { host: '0.0.0.0', port: 9000 })
  assert.deepEqual(read({ listen: '::1:9000' }, {}).listen, { host: '::1', port: 9000 })
})

test('a configuration cannot be changed', () => {
  const config = read({}, ISSUER)
  assert.ok(Object.isFrozen(config))
  assert.ok(Object.isFrozen(config.outsideIssuer))
})

test('variables that look like settings and are none are told', () => {
  const known = Object.fromEntries(Object.values(SETTINGS).map(({ env }) => [env, 'x']))
  assert.deepEqual(unknownVariables({ ...known, PARLANCE_CLIENT_SECRET: 'x', PATH: '/' }), [])
  assert.deepEqual(unknownVariables({ ...known, PARLANCE_LISEN: 'x' }), ['PARLANCE_LISEN'])
})

import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAX_LINES = 300

/** A part is a folder of src/, or a file directly in it. These are the parts that each may import. */
const BASE = ['interaction', 'config', 'settings', 'memory']
const SERVER = [...BASE, 'store', 'auth', 'formats', 'ingest', 'feed', 'audit', 'mirror', 'http', 'version']
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  interaction: [],
  config: ['settings'],
  settings: ['config'],
  served: [],
  version: [],
  memory: [],
  sample: [],
  store: BASE,
  auth: [...BASE, 'store'],
  formats: ['interaction'],
  ingest: ['interaction', 'memory', 'store', 'formats'],
  copy: ['store'],
  audit: [],
  sweep: [...BASE, 'store'],
  feed: [...BASE, 'store', 'auth', 'formats'],
  mirror: [...BASE, 'store', 'auth', 'formats'],
  http: SERVER,
  workers: [...SERVER, 'served'],
  main: [...SERVER, 'served', 'sample', 'sweep'],
  worker: ['main', 'workers'],
  cli: [...SERVER, 'served', 'sample', 'workers', 'main', 'worker', 'copy', 'sweep'],
}

/** What each of these may import besides parts of src/: nothing, or what matches. */
const MAY_USE: Readonly<Record<string, RegExp>> = {
  config: /^node:/,
  settings: /^node:/,
  interaction: /^(node:(buffer|zlib|crypto)|typebox(\/\w+)?|re2js)$/,
  sample: /^node:/,
}

interface Source {
  /** Relative to the root, with slashes. */
  path: string
  text: string
}

function partOf(path: string): string {
  return path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
}

const NAMES = [
  /^\s*import\s+[\w$*{}\s,]+?\bfrom\s*['"]([^'"\n]+)['"]/gm,
  /^\s*export\s+(?:type\s+)?(?:\*[\w$\s]*|\{[^}]*\})\s*from\s*['"]([^'"\n]+)['"]/gm,
  /^\s*import\s*['"]([^'"\n]+)['"]/gm,
  /\bimport\s*\(\s*['"`]([^'"`\n]+)['"`]/g,
  /\bnew URL\(\s*['"`](\.[^'"`\n]+\.[jt]s)['"`]/g,
]

/** Everything that a module names: imports of values and types, dynamic ones, and threads it starts. */
function importsOf({ text }: Source): string[] {
  return NAMES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name as string))
}

/** The arrows of one module that point the wrong way. */
function wrongArrows(source: Source): string[] {
  const from = partOf(source.path)
  const allowed = MAY_IMPORT[from]
  if (allowed === undefined) return [`${source.path}: src/${from} is not in the table of this test`]
  return importsOf(source).flatMap((name) => {
    if (!name.startsWith('.')) {
      return MAY_USE[from]?.test(name) === false ? [`${source.path} must not import ${name}`] : []
    }
    const target = normalize(join(dirname(source.path), name))
    if (!target.startsWith('src/')) return [`${source.path} reaches out of src/: ${name}`]
    const to = partOf(target)
    return to === from || allowed.includes(to) ? [] : [`${source.path} must not import ${target}`]
  })
}

function read(...patterns: string[]): Source[] {
  const paths = globSync(patterns, { cwd: ROOT, exclude: (path) => path.includes('node_modules') })
  return paths
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

const sources = read('src/**/*.ts')

/** `path:line` of each line that matches. */
function linesWith(pattern: RegExp, among: Source[]): string[] {
  return among.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  )
}

describe('the parts of the house', () => {
  it('import each other in one direction only', () => {
    assert.ok(sources.length > 50)
    assert.deepEqual(sources.flatMap(wrongArrows), [])
  })

  it('import files that exist, by their whole name', () => {
    const missing = sources.flatMap((source) =>
      importsOf(source)
        .filter((name) => name.startsWith('.') && !existsSync(join(ROOT, dirname(source.path), name)))
        .map((name) => `${source.path}: ${name}`),
    )
    assert.deepEqual(missing, [])
  })

  it('leave the environment to the command line, which hands it to the configuration', () => {
    const environment =
      /\bprocess\s*(\?\.|\.)\s*(env|loadEnvFile)\b|\bprocess\[|\bimport\.meta\.env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/
    const elsewhere = sources.filter(({ path }) => path !== 'src/cli/main.ts')
    assert.deepEqual(linesWith(environment, elsewhere), [])
    const imported = elsewhere.filter((source) =>
      importsOf(source).some((name) => /^(node:)?process$/.test(name)),
    )
    assert.deepEqual(
      imported.map(({ path }) => path),
      [],
    )
  })

  it('take the time as an argument in interaction', () => {
    const clock =
      /\bDate\.now\b|\bnew Date\b(?!\s*\(\s*[^)\s])|(?<!new )\bDate\(|\bperformance\.(now|timeOrigin)\b|\bTemporal\.Now\b/
    const interaction = sources.filter(({ path }) => path.startsWith('src/interaction/'))
    assert.ok(interaction.length > 10)
    assert.deepEqual(linesWith(clock, interaction), [])
  })
})

describe('every file', () => {
  it(`has at most ${MAX_LINES} lines`, () => {
    const files = read('{src,test,bench}/**/*.{ts,tsx,js,sql,css,html}')
    const long = files.map(({ path, text }) => ({
      path,
      lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    }))
    assert.ok(long.length > sources.length)
    assert.deepEqual(
      long.filter(({ lines }) => lines > MAX_LINES),
      [],
    )
  })
})

describe('this test', () => {
  const wrong: [path: string, text: string][] = [
    ['src/interaction/a.ts', "import { openStore } from '../store/open.ts'"],
    ['src/interaction/a.ts', "import type { Store } from '../store/store.ts'"],
    ['src/interaction/a.ts', "export * from '../config.ts'"],
    ['src/interaction/a.ts', "const store = await import('../store/open.ts')"],
    ['src/interaction/a.ts', "import '../http/app.ts'"],
    ['src/interaction/a.ts', 'import {\n  a,\n  b,\n} from "../formats/a.ts"'],
    ['src/interaction/a.ts', "import { DatabaseSync } from 'node:sqlite'"],
    ['src/interaction/a.ts', "import { readFileSync } from 'node:fs'"],
    ['src/store/sqlite/a.ts', "import { verify } from '../../auth/verify.ts'"],
    ['src/store/sqlite/a.ts', "new Worker(new URL('../../ingest/thread.ts', import.meta.url))"],
    ['src/auth/a.ts', "import { buildApp } from '../http/app.ts'"],
    ['src/formats/a.ts', "import { openStore } from '../store/open.ts'"],
    ['src/ingest/a.ts', "import { Config } from '../config.ts'"],
    ['src/ingest/a.ts', "import { verify } from '../auth/verify.ts'"],
    ['src/http/routes/a.ts', "import { start } from '../../main.ts'"],
    ['src/http/routes/a.ts', "import { run } from '../../cli/run.ts'"],
    ['src/http/routes/a.ts', "import { sample } from '../../sample/conversations.ts'"],
    ['src/http/plugins/a.ts', "import { Leases } from '../../workers/leases.ts'"],
    ['src/workers/a.ts', "import { start } from '../main.ts'"],
    ['src/main.ts', "import { run } from './cli/run.ts'"],
    ['src/config.ts', "import { Store } from './store/store.ts'"],
    ['src/settings.ts', "import Type from 'typebox'"],
    ['src/sample/a.ts', "import { formatInstant } from '../interaction/instant.ts'"],
    ['src/cli/a.ts', "import { samples } from '../../test/interaction/samples.ts'"],
    ['src/other/a.ts', ''],
  ]
  for (const [path, text] of wrong) {
    it(`would tell ${path}: ${text.replaceAll('\n', ' ')}`, () => {
      assert.equal(wrongArrows({ path, text }).length, 1)
    })
  }

  const right: [path: string, text: string][] = [
    ['src/interaction/a.ts', "import { b } from './b.ts'\nimport { crc32 } from 'node:zlib'"],
    ['src/store/sqlite/a.ts', "import { b } from '../../interaction/b.ts'\nimport { c } from '../errors.ts'"],
    ['src/ingest/a.ts', "import { a } from '../formats/a.ts'\nimport { b } from '../store/store.ts'"],
    ['src/http/routes/a.ts', "import { a } from '../../ingest/a.ts'\nimport fastify from 'fastify'"],
    ['src/main.ts', "import { a } from './http/app.ts'"],
    ['src/workers/a.ts', "import type { Limiter } from '../http/limiter.ts'"],
    ['src/worker.ts', "const { start } = await import('./main.ts')\nimport { a } from './workers/a.ts'"],
    ['src/cli/a.ts', "import { start } from '../main.ts'\nimport { s } from '../sample/s.ts'"],
    ['src/cli/a.ts', "start(new URL('../worker.ts', import.meta.url))"],
  ]
  for (const [path, text] of right) {
    it(`lets ${path} be: ${text.replaceAll('\n', ' ')}`, () => {
      assert.deepEqual(wrongArrows({ path, text }), [])
    })
  }
})

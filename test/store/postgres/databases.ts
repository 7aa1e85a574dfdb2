import { randomBytes } from 'node:crypto'
import { after, afterEach } from 'node:test'
import { openDatabase } from '../../../src/store/postgres/database.ts'
import { migrate } from '../../../src/store/postgres/migrate.ts'
import { DEFAULTS } from '../../../src/store/postgres/options.ts'
import { readAddress } from '../../../src/store/postgres/url.ts'
import { runOn, testServer } from './server.ts'

/** Databases of this test file begin with this, so that files may share a server. */
const PREFIX = `parlance_test_${randomBytes(4).toString('hex')}`

const created: string[] = []
let template: Promise<string> | undefined
let failed = false

afterEach((context) => {
  if ('passed' in context && context.passed === false) failed = true
})

// A server of our own is gone with all that it holds when this process is.
after(async () => {
  const server = await testServer()
  if (!server.named) return
  if (failed) console.error(`Kept for a look, since a test failed: ${created.join(', ')}`)
  else for (const name of created) await drop(name)
})

/** A database with the schema, or an empty one; gives its URL. */
export async function createDatabase({ empty = false } = {}): Promise<string> {
  const name = `${PREFIX}_${created.length}`
  if (empty) return create(name, 'template0')
  template ??= makeTemplate()
  return create(name, await template)
}

async function makeTemplate(): Promise<string> {
  const name = `${PREFIX}_template`
  const database = openDatabase(readAddress(await create(name, 'template0')), DEFAULTS)
  await migrate(database)
  await database.close()
  return name
}

async function create(name: string, from: string): Promise<string> {
  const server = await testServer()
  created.push(name)
  await runOn(server.url('postgres'), `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE ${from}`)
  return server.url(name)
}

async function drop(name: string): Promise<void> {
  await runOn((await testServer()).url('postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

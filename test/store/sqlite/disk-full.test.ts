import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import type { Store } from '../../../src/store/store.ts'
import { erase, NOW } from '../contract/living-drafts.ts'
import { plainDraft } from '../fixtures/plain-draft.ts'
import {
  assertRun,
  childOf,
  cleanUp,
  openFile,
  revisionsOf,
  storeFile,
  temporaryDirectory,
} from './support.ts'

test('a file that may grow no more: writes are unavailable, what was written stays', async (t) => {
  const file = await storeFile(t)
  const script = fileURLToPath(new URL('../fixtures/limited.ts', import.meta.url))
  // Blocks of 512 or of 1024 bytes, as the shell has it.
  const child = childOf(
    t,
    spawn('/bin/sh', ['-c', 'ulimit -f 1500 && exec "$@"', 'sh', process.execPath, script, file]),
  )
  const told = (await child.next()) as Told
  assert.equal(told.refusal, 'StoreUnavailable')
  assert.notEqual(told.written.length, 0)
  assert.equal(told.revision, told.written.length)
  assert.equal(told.readable, told.written.length)
  assert.equal(await child.ended, 0)

  const store = await openFile(t, file)
  assert.deepEqual([...(await revisionsOf(store, 'acme')).keys()].sort(), told.written.sort())
  const [result] = await store.writeInteractions('acme', [plainDraft('afterwards')])
  assert.deepEqual(result, { outcome: 'created', revision: told.written.length + 1 })
})

interface Told {
  refusal: string
  written: string[]
  revision: number
  readable: number
}

test('a full disk: writes are unavailable, reads go on, and writes again when there is room', async (t) => {
  const directory = await smallDisk(t)
  if (directory === undefined) return t.skip('needs the right to mount a file system')
  const store = await openFile(t, join(directory, 'parlance.db'))
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  const ballast = join(directory, 'ballast')
  writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024))

  const written = await writeUntilRefused(store, 0)
  await assert.rejects(writeLarge(store, 'still full', 400_000), StoreUnavailable)
  assert.equal(await store.getRevision('acme'), written)
  assertRun((await revisionsOf(store, 'acme')).values(), written)
  await store.ping()

  rmSync(ballast)
  const [result] = await writeLarge(store, 'room again')
  assert.deepEqual(result, { outcome: 'created', revision: written + 1 })
  const more = await writeUntilRefused(store, written + 1)
  assert.ok(more > written + 1)
  assertRun((await revisionsOf(store, 'acme')).values(), more)
  const integrity = (await store.inspect()).find(({ name }) => name === 'store integrity')
  assert.equal(integrity?.detail, 'ok')
})

test('a disk that is too full for a purge: it is noted of nothing, gives the room back, and is done later', async (t) => {
  const directory = await smallDisk(t)
  if (directory === undefined) return t.skip('needs the right to mount a file system')
  const file = join(directory, 'parlance.db')
  const store = await openFile(t, file)
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  for (let n = 0; n < 12; n += 1) await writeLarge(store, `i${n}`)
  await erase(store, 'acme', { kind: 'interactions', ids: ['i3'] })
  const other = new DatabaseSync(file)
  other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  other.close()
  const ballast = join(directory, 'ballast')
  const { bavail, bsize } = statfsSync(directory)
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - 400_000))

  await assert.rejects(store.purge(NOW), StoreUnavailable)
  assert.ok((existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0) < 100_000)
  const [result] = await store.writeInteractions('acme', [plainDraft('afterwards')])
  assert.equal(result?.outcome, 'created')
  rmSync(ballast)
  assert.equal(await store.purge(NOW), true)
  const integrity = (await store.inspect()).find(({ name }) => name === 'store integrity')
  assert.equal(integrity?.detail, 'ok')
})

const writeLarge = (store: Store, id: string, bytes = 60_000) =>
  store.writeInteractions('acme', [plainDraft(id, randomBytes(bytes).toString('base64'))])

/** Gives the revision of the last write that succeeded. */
async function writeUntilRefused(store: Store, from: number): Promise<number> {
  for (let revision = from; revision < 1000; revision += 1) {
    try {
      await writeLarge(store, `i${revision}`)
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable, String(error))
      return revision
    }
  }
  throw new Error('the disk does not fill up')
}

/** A file system of four megabytes, or undefined where this process may not mount one. */
async function smallDisk(t: TestContext): Promise<string | undefined> {
  const directory = await temporaryDirectory(t)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', directory])
  if (mounted.status !== 0) return undefined
  cleanUp(t, () => spawnSync('umount', [directory]))
  return directory
}

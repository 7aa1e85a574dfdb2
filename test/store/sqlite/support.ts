import assert from 'node:assert/strict'
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../../src/store/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { idsOf } from '../contract/drafts.ts'

const cleanups = new WeakMap<TestContext, (() => unknown)[]>()

/** Runs when the test is over, the last one first: a store is closed before its directory is removed. */
export function cleanUp(t: TestContext, cleanup: () => unknown): void {
  const stack = cleanups.get(t) ?? []
  stack.push(cleanup)
  if (stack.length > 1) return
  cleanups.set(t, stack)
  t.after(async () => {
    for (const each of stack.toReversed()) await each()
  })
}

/** A directory that goes when the test does. */
export async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parlance-store-'))
  cleanUp(t, () => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A file that a store may be made in. */
export async function storeFile(t: TestContext): Promise<string> {
  return join(await temporaryDirectory(t), 'parlance.db')
}

/** Opens the store in a file; it is closed when the test is over. */
export async function openFile(t: TestContext, file: string): Promise<Store> {
  const store = await openStore(`sqlite:${file}`)
  cleanUp(t, () => store.close())
  return store
}

/** A store on a new file, with the account `acme`. */
export async function openAcme(t: TestContext): Promise<{ store: Store; file: string }> {
  const file = await storeFile(t)
  const store = await openFile(t, file)
  await store.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  return { store, file }
}

export interface Child {
  process: ChildProcess
  /** The next thing it tells; undefined when it has ended. */
  next(): Promise<unknown>
  /** Everything that it tells until it ends. */
  rest(): Promise<unknown[]>
  /** Lets it begin, once it says that it is ready. */
  go(): void
  ready(): Promise<void>
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>
}

/** Starts a script of test/store/fixtures in a process of its own. It is killed when the test is over. */
export function startChild(
  t: TestContext,
  script: string,
  args: string[],
  options: SpawnOptions = {},
): Child {
  const path = fileURLToPath(new URL(`../fixtures/${script}`, import.meta.url))
  return childOf(
    t,
    spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'], ...options }),
  )
}

export function childOf(t: TestContext, child: ChildProcess): Child {
  cleanUp(t, () => child.kill('SIGKILL'))
  assert.ok(child.stdin && child.stdout)
  const { stdin, stdout } = child
  stdin.on('error', () => {})
  const lines = createInterface(stdout)[Symbol.asyncIterator]()
  async function next(): Promise<unknown> {
    const { done, value } = await lines.next()
    return done ? undefined : JSON.parse(value)
  }
  return {
    process: child,
    next,
    async rest() {
      const told: unknown[] = []
      for (let each = await next(); each !== undefined; each = await next()) told.push(each)
      return told
    },
    go: () => stdin.write('go\n'),
    ready: async () => assert.equal(await next(), 'ready'),
    ended: once(child, 'exit').then(([code, signal]) => code ?? signal),
  }
}

/** One batch that a process of fixtures/writer.ts was told is written. */
export interface Acknowledged {
  ids: string[]
  results: { outcome: string; revision: number }[]
}

/** Ids and their revisions, of all that is stored. */
export async function revisionsOf(store: Store, accountId: string): Promise<Map<string, number>> {
  const revisions = new Map<string, number>()
  const query = { window: { from: 0, to: 0 }, limit: 100_000, maxBytes: 1e9 }
  for (const id of idsOf(await store.listInteractions(accountId, query))) {
    const stored = await store.getInteraction(accountId, id)
    revisions.set(id, stored?.revision as number)
  }
  return revisions
}

/** Fails unless the numbers are 1, 2, 3, … up to `last`, each once, in any order. */
export function assertRun(numbers: Iterable<number>, last: number): void {
  const sorted = [...numbers].sort((a, b) => a - b)
  assert.deepEqual(
    sorted,
    Array.from({ length: last }, (_, n) => n + 1),
  )
}

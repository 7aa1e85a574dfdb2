import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Environment } from '../../src/config.ts'
import { type Access, createAccess, startServer, type TestServer } from '../fixtures/server.ts'
import { type Answer, ask, interaction, RANGE, until } from '../http/support.ts'

/** Starts the application on a database, with accounts, each with a client. */
export async function serveOn(
  t: TestContext,
  database: string,
  accounts = 1,
  environment: Environment = {},
): Promise<{ server: TestServer; access: Access[] }> {
  const server = await startServer(t, { PARLANCE_DATABASE: database, ...environment })
  const access: Access[] = []
  for (let n = 0; n < accounts; n += 1) access.push(await createAccess(server))
  return { server, access }
}

export function put(server: TestServer, { token }: Access, id: string, more: object = {}): Promise<Answer> {
  return ask(server, `/v1/interactions/${id}`, { method: 'PUT', token, body: interaction(id, more) })
}

export function get(server: TestServer, { token }: Access, id: string): Promise<Answer> {
  return ask(server, `/v1/interactions/${id}`, { token })
}

export function list(server: TestServer, { token }: Access): Promise<Answer> {
  return ask(server, `/interactions?${RANGE}&per_page=500`, { token })
}

/** That the store cannot be reached, and that to come again is worth it. */
export function assertUnavailable({ status, text, headers }: Answer): void {
  assert.equal(status, 503, text)
  assert.equal(JSON.parse(text).code, '1905030')
  assert.equal(headers['retry-after'], '2')
}

/** What an account was told of its writes. */
export interface Writer {
  access: Access
  acknowledged: Map<string, number>
  refused: string[]
}

/** Writes to all accounts, one interaction after the other in each, until it is told to stop; any answer but 201 and 503 fails. */
export function keepWriting(server: TestServer, all: Access[], prefix = 'i') {
  const writers: Writer[] = all.map((access) => ({ access, acknowledged: new Map(), refused: [] }))
  let stopped = false
  const running = writers.map(async ({ access, acknowledged, refused }) => {
    for (let n = 0; !stopped; n += 1) {
      const id = `${prefix}${n}`
      const answer = await put(server, access, id)
      if (answer.status === 201) acknowledged.set(id, Number(answer.headers['parlance-revision']))
      else {
        assertUnavailable(answer)
        refused.push(id)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
  })
  const some = (count: (writer: Writer) => number) => () => {
    const before = writers.map(count)
    return until(() => writers.every((writer, n) => count(writer) > (before[n] as number)))
  }
  return {
    writers,
    /** Resolves when each account has been written to, or refused, after this call. */
    acknowledgedAgain: some(({ acknowledged }) => acknowledged.size),
    refusedAgain: some(({ refused }) => refused.length),
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

/**
 * What was acknowledged is there under its revision; what was refused is there or not, and is when it is written again;
 * and the account's revisions are one for each interaction, no more.
 */
export async function assertKept(
  server: TestServer,
  { access, acknowledged, refused }: Writer,
): Promise<void> {
  for (const [id, revision] of acknowledged) {
    const answer = await get(server, access, id)
    assert.equal(answer.status, 200, `${id} was acknowledged`)
    assert.equal(Number(answer.headers['parlance-revision']), revision, id)
  }
  const revisions = [...acknowledged.values()]
  for (const id of refused) {
    const answer = await put(server, access, id)
    assert.ok(answer.status === 201 || answer.status === 200, answer.text)
    revisions.push(Number(answer.headers['parlance-revision']))
  }
  assert.deepEqual(
    revisions.toSorted((a, b) => a - b),
    revisions.map((_, index) => index + 1),
  )
  assert.equal(await server.store.getRevision(access.accountId), revisions.length)
}

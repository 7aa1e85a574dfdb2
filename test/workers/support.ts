import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Cleanups } from '../cli/support/process.ts'
import { type ServerProcess, startServer } from '../cli/support/server.ts'

/** Starts `serve` with so many workers. */
export async function startWorkers(t: Cleanups, args: string[], workers = 2): Promise<ServerProcess> {
  const server = await startServer(t, ['--workers', String(workers), ...args])
  // Many requests wait for their lines at once.
  server.child.stderr?.setMaxListeners(0)
  return server
}

/** The lines of the log so far, but for what is no JSON and for a last one that is not whole. */
export function linesOf(server: ServerProcess): Record<string, unknown>[] {
  const whole = server.log().split('\n').slice(0, -1)
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
}

/** The process of each worker, the last that has begun to serve. */
export function pidsOf(server: ServerProcess): Map<number, number> {
  const serving = linesOf(server).filter(({ msg }) => msg === 'worker serves')
  return new Map(serving.map(({ worker, pid }) => [Number(worker), Number(pid)]))
}

/** Waits for something to stand in the log. Fails when all processes have ended without. */
async function inLog<Found>(server: ServerProcess, find: () => Found | undefined): Promise<Found> {
  const { stderr } = server.child
  assert.ok(stderr)
  for (;;) {
    const found = find()
    if (found !== undefined) return found
    assert.ok(!stderr.readableEnded && !stderr.destroyed, `not in the log: ${find}: ${server.log()}`)
    await new Promise<void>((resolve) => {
      const settle = () => {
        stderr.off('data', settle).off('close', settle)
        resolve()
      }
      stderr.on('data', settle).on('close', settle)
    })
  }
}

/** Waits until the log holds so many lines with this message, and gives them. */
export function logged(server: ServerProcess, message: string, count: number) {
  return inLog(server, () => {
    const lines = linesOf(server).filter(({ msg }) => msg === message)
    return lines.length >= count ? lines : undefined
  })
}

export interface Ask {
  method?: string
  token?: string
  headers?: Record<string, string>
  body?: string
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** Which worker answered, as its log says. */
  worker: number
}

/** One request on a connection of its own, so that any worker may answer it. */
export async function ask(server: ServerProcess, path: string, options: Ask = {}): Promise<Answer> {
  const id = randomUUID()
  const answer = await send(server.url + path, id, options)
  const told = new RegExp(`"worker":(\\d+)[^\\n]*"request":"${id}"`)
  const [, worker] = await inLog(server, () => told.exec(server.log()) ?? undefined)
  return { ...answer, worker: Number(worker) }
}

/** The same, without asking who answered: a worker that is killed may not have told. */
export async function send(
  url: string,
  id: string,
  { method = 'GET', token, headers = {}, body }: Ask,
): Promise<Omit<Answer, 'worker'>> {
  const all = {
    'x-request-id': id,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...headers,
  }
  const outgoing = request(url, { method, agent: false, headers: all })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: Number(response.statusCode), headers: response.headers, text: await text(response) }
}

/** Asks until each of the workers has answered; gives their answers, by worker from 1. */
export async function askEach(
  server: ServerProcess,
  asking: () => Promise<Answer>,
  workers = 2,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let tries = 0; tries < 500; tries += 1) {
    const answer = await asking()
    answers[answer.worker - 1] ??= answer
    if (answers.filter((each) => each !== undefined).length === workers) return answers
  }
  assert.fail(`not every worker answered: ${server.log()}`)
}

/** The value of one line of `GET /metrics`, or the sum of those that begin so. */
export async function metric(server: ServerProcess, start: string): Promise<number> {
  const { status, text: exposition } = await send(`${server.url}/metrics`, randomUUID(), {})
  assert.equal(status, 200)
  const values = exposition
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => Number(line.split(' ').at(-1)))
  return values.reduce((sum, value) => sum + value, 0)
}

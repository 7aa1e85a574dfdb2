import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { ask, until } from './support.ts'

export const MEGABYTE = 1024 * 1024
/**
 * What a process may hold at its peak. The goal is 250 MB; how early V8 collects depends on how busy the machine is,
 * so a tenth is left to chance.
 */
const MOST = 275 * MEGABYTE

// As `bin/parlance.js` starts it.
const { FLAGS, smallEnvironment } = await import(new URL('../../bin/small.js', import.meta.url).href)
const PAGE = '/interactions?interaction_started=2024-03-08T00:00:00Z&interaction_ended=2024-03-12T00:00:00Z'

interface Answer {
  status: number
  text: string
}

interface Cleanups {
  after(cleanup: () => Promise<unknown>): void
}

/** A server in a process of its own, whose memory is measured from its start. */
export async function measured(t: Cleanups) {
  const child = fork(new URL('./memory-server.ts', import.meta.url), {
    execArgv: FLAGS,
    env: smallEnvironment(process.env),
  })
  t.after(async () => {
    child.disconnect()
    await once(child, 'exit')
  })
  const [{ address, token }] = await once(child, 'message')
  const { hostname, port } = new URL(address)

  async function assertModest(): Promise<void> {
    child.send('how much?')
    const [{ held, log }] = await once(child, 'message')
    assert.deepEqual(log, [], 'nothing went wrong')
    assert.ok(held < MOST, `${held / MEGABYTE} MB`)
  }

  /** Sends chunks no faster than they are taken. Status 0: the server cut the connection. */
  function send(
    path: string,
    chunks: Iterable<Uint8Array | string>,
    more = {},
    method = 'POST',
  ): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more }
    const outgoing = request({ hostname, port, method, path, headers, agent: false })
    // A body that is refused is not read to its end.
    const ended = new AbortController()
    outgoing.on('error', () => ended.abort())
    const response = once(outgoing, 'response').then(async ([incoming]) => {
      ended.abort()
      return { status: incoming.statusCode, text: (await incoming.toArray()).join('') }
    })
    const answered = response.catch(() => ({ status: 0, text: '' }))
    const write = async () => {
      for (const chunk of chunks) {
        if (!outgoing.write(chunk)) await once(outgoing, 'drain', { signal: ended.signal })
      }
      outgoing.end()
    }
    write().catch(() => outgoing.end())
    return answered
  }

  /** Connections that ask so many times for a page of several megabytes, and read nothing. */
  function open(connections: number, times: number): Socket[] {
    const get = `GET ${PAGE} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`
    return Array.from({ length: connections }, () => {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {})
      socket.pause().write(get.repeat(times))
      return socket
    })
  }

  /** Resolves when the server has come round to what was sent before. */
  async function answering(): Promise<void> {
    for (let n = 0; n < 20; n += 1) {
      assert.equal((await ask({ address }, '/readyz')).status, 200)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  const served = () => until(async () => (await ask({ address }, PAGE, { token })).status === 200)

  async function breakOff(body: string): Promise<void> {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(
      `POST /v1/interactions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 30000000\r\n\r\n',
    )
    await new Promise((resolve) => socket.write(body, resolve))
    socket.destroy()
  }

  return { assertModest, send, open, answering, served, breakOff, until }
}

export function batchOf(items: string[]): string {
  return `{"interactions":[${items.join(',')}]}`
}

/** How many answers have each status. */
export function statuses(answers: Answer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

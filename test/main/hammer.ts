import { randomUUID } from 'node:crypto'
import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { conversation, ndjson } from '../cli/support/conversations.ts'

/** What became of one request. */
export interface Outcome {
  requestId: string
  /** The status, where an answer came whole; otherwise how it failed. */
  status?: number
  error?: string
  /** The answer began, and was cut. */
  cut: boolean
  /** Of the interactions that it wrote. */
  ids: string[]
}

export interface Hammer {
  outcomes: Outcome[]
  /** Resolves when that many requests have been answered. */
  answered(count: number): Promise<void>
  /** Resolves when every client has been refused, which they are once the server has gone. */
  finished: Promise<void>
}

const LINES = 20

/**
 * Clients on keep-alive connections that read pages and write streams of lines, each its next request as soon as the
 * last is answered, until the server refuses them. Bodies are sent in two parts, so that a stop falls between them.
 */
export function hammer(url: string, token: string, query: string, { readers = 3, writers = 3 } = {}): Hammer {
  const agent = new Agent({ keepAlive: true })
  const outcomes: Outcome[] = []
  const headers = { authorization: `Bearer ${token}` }
  const clientOf = async (next: (round: number) => Promise<Outcome>) => {
    for (let round = 0; ; round += 1) {
      const outcome = await next(round)
      outcomes.push(outcome)
      if (outcome.error === 'ECONNREFUSED') return
    }
  }
  const reader = () =>
    clientOf(() => {
      const path = `/conversations/interactions?${query}`
      return send({ url: url + path, method: 'GET', headers, agent }, [])
    })
  const writer = (name: string) =>
    clientOf((round) => {
      const lines = Array.from({ length: LINES }, (_, index) => conversation(round * LINES + index, name))
      const ids = lines.map(({ id }) => id)
      const half = LINES / 2
      const body = [ndjson(lines.slice(0, half)), ndjson(lines.slice(half))]
      const all = { ...headers, 'content-type': 'application/x-ndjson' }
      return send({ url: `${url}/v1/interactions`, method: 'POST', headers: all, agent }, body, ids)
    })
  const clients = [
    ...Array.from({ length: readers }, reader),
    ...Array.from({ length: writers }, (_, index) => writer(`w${index}-`)),
  ]
  return {
    outcomes,
    async answered(count) {
      while (outcomes.length < count) await sleep(5)
    },
    finished: Promise.all(clients).then(() => agent.destroy()),
  }
}

interface Sending {
  url: string
  method: string
  headers: Record<string, string>
  agent: Agent
}

function send(
  { url, method, headers, agent }: Sending,
  body: string[],
  ids: string[] = [],
): Promise<Outcome> {
  const requestId = randomUUID()
  return new Promise((resolve) => {
    const outgoing = request(url, { method, agent, headers: { ...headers, 'x-request-id': requestId } })
    let response: IncomingMessage | undefined
    const fail = (error: NodeJS.ErrnoException) =>
      resolve({ requestId, error: error.code ?? error.message, cut: response !== undefined, ids })
    outgoing.once('error', fail)
    outgoing.once('response', (incoming) => {
      response = incoming
      incoming.once('error', fail)
      incoming.once('end', () =>
        resolve({ requestId, status: incoming.statusCode, cut: !incoming.complete, ids }),
      )
      incoming.resume()
    })
    const [first, ...rest] = body
    if (first !== undefined) outgoing.write(first)
    setTimeout(() => {
      for (const part of rest) outgoing.write(part)
      outgoing.end()
    }, 2)
  })
}

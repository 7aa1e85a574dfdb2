import assert from 'node:assert/strict'
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import type { Access, TestServer } from '../fixtures/server.ts'

export interface Ask {
  method?: string
  token?: string
  headers?: OutgoingHttpHeaders
  /** An object is sent as JSON, with its content type where `headers` has none. */
  body?: string | Uint8Array | object
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  text: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

/**
 * One request over a socket, with just the headers that are given: no `Accept`, no `Accept-Encoding`, nothing
 * inflated. The path goes out as it is written. Every answer is checked for what all of them must have.
 */
export async function ask(server: Pick<TestServer, 'address'>, path: string, options: Ask = {}) {
  const { method = 'GET', token, headers = {}, body } = options
  const asJson = typeof body === 'object' && !(body instanceof Uint8Array)
  const payload = asJson ? JSON.stringify(body) : body
  const all: OutgoingHttpHeaders = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(asJson && { 'content-type': 'application/json' }),
    ...(payload !== undefined && { 'content-length': Buffer.byteLength(payload as string) }),
    ...headers,
  }
  const answer = await send(server, path, method, all, payload)
  checkAnswer(answer, method)
  return answer
}

function send(
  { address }: Pick<TestServer, 'address'>,
  path: string,
  method: string,
  headers: OutgoingHttpHeaders,
  payload: string | Uint8Array | undefined,
): Promise<Answer> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers, agent }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const { statusCode: status = 0, headers: given } = incoming
        resolve({ status, headers: given, bytes, text: bytes.toString() })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** What holds for every answer: a request id, never a 500, never a stack or HTML, errors in the contract's form. */
export function checkAnswer({ status, headers, bytes, text }: Answer, method: string): void {
  assert.ok(headers['x-request-id'], `a reply without X-Request-Id: ${status}`)
  assert.notEqual(status, 500, text)
  if (method === 'HEAD' || status === 304) {
    assert.equal(bytes.length, 0)
    return
  }
  if (status < 400) return
  assert.match(headers['content-type'] ?? '', /^application\/json/)
  assert.doesNotMatch(text, /<html|node_modules|\.ts:\d+|\n +at /i)
  const error = JSON.parse(text)
  if (!headers['content-type']?.includes('charset')) {
    const known = ['code', 'message', 'description', 'fields']
    assert.deepEqual(
      Object.keys(error),
      known.filter((name) => error[name] !== undefined),
    )
  }
}

/** Waits until something holds; after twenty seconds it never will. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await holds())) {
    assert.ok(Date.now() < end, `waited in vain: ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Writes bytes to a socket as they are, and gives all that comes back until the server closes. */
export function raw({ address }: Pick<TestServer, 'address'>, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}

/** The answers in what came over a raw socket, each with a Content-Length. */
export function answersIn(text: string): Answer[] {
  const answers: Answer[] = []
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
    )
    const body = rest.slice(end + 4, end + 4 + Number(headers['content-length'] ?? 0))
    rest = rest.slice(end + 4 + body.length)
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1])
    const bytes = Buffer.from(body, 'latin1')
    answers.push({ status, headers, bytes, text: bytes.toString() })
  }
  return answers
}

/** A document as it is written; `more` replaces and adds. */
export function interaction(id: string, more: object = {}) {
  return {
    id,
    customer_id: `customer of ${id}`,
    started_at: '2024-03-10T10:00:00.000000Z',
    ended_at: '2024-03-10T10:05:00.000000Z',
    direction: 'IN',
    ring_groups: ['agents'],
    messages: [message('m1')],
    agents: [{ id: 'agent-1', name: 'Ana' }],
    ...more,
  }
}

export function message(id: string, more: object = {}) {
  return {
    message_id: id,
    text: `what ${id} says`,
    channel: 'CHAT',
    participant: 'CONTACT',
    source_system: 'DCE',
    ...more,
  }
}

/** Writes interactions as a JSON batch; every one must be taken. */
export async function write(server: TestServer, { token }: Pick<Access, 'token'>, interactions: object[]) {
  const answer = await ask(server, '/v1/interactions', { method: 'POST', token, body: { interactions } })
  assert.equal(answer.status, 200, answer.text)
  const result = JSON.parse(answer.text)
  assert.equal(result.rejected, 0, answer.text)
  return result
}

/** A range of a day in which `interaction` starts. */
export const RANGE = 'interaction_started=2024-03-10T00:00:00Z&interaction_ended=2024-03-11T00:00:00Z'
export const PATHS = ['/conversations/interactions', '/interactions'] as const

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { Access, TestServer } from '../fixtures/server.ts'

export interface Stream {
  text(): string
  ended: Promise<void>
  close(): void
}

/** A stream as it comes, of a connection of its own. */
export function openStream(
  { address }: Pick<TestServer, 'address'>,
  path: string,
  { token }: Pick<Access, 'token'>,
  headers: object,
): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address)
    const options = {
      hostname,
      port,
      path,
      agent: false,
      headers: { authorization: `Bearer ${token}`, ...headers },
    }
    const outgoing = request(options, (incoming) => {
      assert.equal(incoming.statusCode, 200)
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', () => {})
      const ended = new Promise<void>((done) => incoming.once('close', () => done()))
      const gzip = incoming.headers['content-encoding'] === 'gzip'
      const text = () => (gzip ? gunzipSync(Buffer.concat(chunks)) : Buffer.concat(chunks)).toString()
      resolve({ text, ended, close: () => outgoing.destroy() })
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

export function eventsIn(text: string): { id: string; event: string; data: string }[] {
  return text.split('\n\n').flatMap((block) => {
    if (!block.includes('data: ')) return []
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
    return [{ id: field('id'), event: field('event'), data: field('data') }]
  })
}

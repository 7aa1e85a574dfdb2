import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { ask, interaction, message, RANGE, write } from './support.ts'

const server = await startServer({ after })

/** The answers to requests that are sent all at once on one connection. */
async function pipelined(requests: { method?: string; path: string; token: string; gzip?: boolean }[]) {
  const { hostname, port } = new URL(server.address)
  const socket = connect({ host: hostname, port: Number(port) })
  const heads = requests.map(({ method = 'GET', path, token, gzip }, index) =>
    [
      `${method} ${path} HTTP/1.1`,
      `Host: ${hostname}`,
      `Authorization: Bearer ${token}`,
      `X-Request-Id: request-${index}`,
      ...(gzip ? ['Accept-Encoding: gzip'] : []),
      ...(index === requests.length - 1 ? ['Connection: close'] : []),
      '\r\n',
    ].join('\r\n'),
  )
  socket.write(heads.join(''))
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  let rest = Buffer.concat(chunks)
  const answers = requests.map(({ method }) => {
    const end = rest.indexOf('\r\n\r\n')
    const head = rest.subarray(0, end).toString()
    const length = method === 'HEAD' ? 0 : Number(/^content-length: (\d+)$/im.exec(head)?.[1])
    const body = rest.subarray(end + 4, end + 4 + length)
    rest = rest.subarray(end + 4 + length)
    return { id: /^x-request-id: (.*)$/im.exec(head)?.[1], status: Number(head.split(' ')[1]), body }
  })
  assert.equal(rest.length, 0)
  return answers
}

test('requests sent ahead are answered in order, each with its own account’s bytes', async () => {
  const accounts = [await createAccess(server), await createAccess(server)]
  const pages: string[] = []
  for (const [side, access] of accounts.entries()) {
    const text = `side ${side} `.repeat(300)
    const documents = Array.from({ length: 70 }, (_, n) =>
      interaction(`i${n}`, { messages: [message('m', { text: `${text}${n}` })] }),
    )
    await write(server, access, documents)
    pages.push((await ask(server, `/interactions?${RANGE}`, { token: access.token })).text)
  }
  // Tokens that nobody has seen yet take longer to check than those that follow them.
  const fresh = await Promise.all(
    accounts.map((access) => tokenFor(server, access, ['interactions-public:read'])),
  )
  const path = `/interactions?${RANGE}`
  const requests = Array.from({ length: 60 }, (_, n) => {
    const token = (n % 7 === 0 ? fresh : accounts.map((access) => access.token))[n % 2] as string
    const kinds = [{}, { gzip: true }, { method: 'HEAD' }, { path: '/v1/interactions/nothing' }]
    return { path, token, ...kinds[n % 4] }
  })
  const answers = await pipelined(requests)
  for (const [n, { id, status, body }] of answers.entries()) {
    assert.equal(id, `request-${n}`)
    assert.equal(status, n % 4 === 3 ? 404 : 200)
    const plain = n % 4 === 1 ? gunzipSync(body) : body
    if (n % 4 < 2) assert.equal(plain.toString(), pages[n % 2])
  }
})

test('a connection that breaks off with requests waiting holds up nobody', async () => {
  const access = await createAccess(server)
  await write(server, access, [interaction('one')])
  const { hostname, port } = new URL(server.address)
  const head = `GET /interactions?${RANGE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${access.token}\r\n\r\n`
  for (let n = 0; n < 20; n += 1) {
    const socket = connect({ host: hostname, port: Number(port) })
    await once(socket, 'connect')
    socket.write(head.repeat(30))
    if (n % 2 === 0) await once(socket, 'data')
    socket.destroy()
  }
  const answer = await ask(server, '/v1/interactions/one', { token: access.token })
  assert.equal(answer.status, 200)
})

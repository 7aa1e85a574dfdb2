import { createServer } from 'node:http'
import { readBodies } from './bodies.ts'

/**
 * The limit of serving: `node:http` that sends bodies from memory, one after the other, as they are. `gzip` says what
 * they are; with `unchanged` it answers 304 and sends none.
 */
const [port, file = '', mode = 'plain'] = process.argv.slice(2)
const bodies = readBodies(file)
const headers = {
  'content-type': 'application/hal+json',
  vary: 'Accept-Encoding',
  'cache-control': 'private',
}
const kept = mode === 'gzip' ? { ...headers, 'content-encoding': 'gzip' } : headers
let next = 0

const server = createServer((_request, response) => {
  if (mode === 'unchanged') {
    response.writeHead(304, headers)
    response.end()
    return
  }
  const body = bodies[next++ % bodies.length] as Buffer
  response.writeHead(200, { ...kept, 'content-length': body.length })
  response.end(body)
})
server.listen(Number(port), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { inflateRawSync } from 'node:zlib'

/**
 * The limit of serving pages: `node:http` that sends the same bytes from memory. With `inflate` it inflates them once
 * for each request first, which is the limit for clients that do not take gzip.
 */
const [port, file = '', mode = 'send'] = process.argv.slice(2)
const bytes = readFileSync(file)
const headers = {
  'content-type': 'application/hal+json',
  vary: 'Accept-Encoding',
  'cache-control': 'private',
}

const server = createServer((_request, response) => {
  const body = mode === 'inflate' ? inflateRawSync(bytes) : bytes
  response.writeHead(200, {
    ...headers,
    'content-length': body.length,
    ...(mode === 'send-gzip' && { 'content-encoding': 'gzip' }),
  })
  response.end(body)
})
server.listen(Number(port), '127.0.0.1')
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})

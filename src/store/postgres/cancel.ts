import { createConnection } from 'node:net'
import type { PoolClient } from 'pg'
import type { Address } from './url.ts'

/** CancelRequest, as the protocol numbers it. */
const CANCEL = 80_877_102

/**
 * Asks the server to end what a connection runs. By a connection of its own, in the clear as PostgreSQL's own clients
 * did for decades; nothing is answered, and nothing depends on it: whatever it runs ends with its answer's being sent.
 */
export function cancel({ host, port }: Address, client: PoolClient): void {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
  const request = Buffer.alloc(16)
  request.writeInt32BE(16, 0)
  request.writeInt32BE(CANCEL, 4)
  request.writeInt32BE(processID, 8)
  request.writeInt32BE(secretKey, 12)
  const socket = host.startsWith('/')
    ? createConnection(`${host}/.s.PGSQL.${port}`)
    : createConnection({ host, port })
  socket.on('error', () => {})
  socket.setTimeout(5000, () => socket.destroy())
  socket.end(request)
}

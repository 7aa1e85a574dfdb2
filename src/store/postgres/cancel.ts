import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Address } from './url.ts'

/** CancelRequest, as the protocol numbers it. */
const CANCEL = 80_877_102

const SECOND = 1000
/** How long somebody waits for what was asked to be taken. */
const PATIENCE = 5 * SECOND
/** After this nobody is there any more. */
const SILENCE = 60 * SECOND

/**
 * Asks the server to end what a connection runs, and resolves when that has been taken, or takes too long. By a
 * connection of its own, in the clear as PostgreSQL's own clients did for decades; nothing is answered, and nothing
 * depends on it: whatever it runs ends with its answer's being sent. The connection that is meant must stay until then: a
 * pooler that has lost its client no longer knows what to end, and the server would go on.
 */
export async function cancel({ host, port }: Address, client: PoolClient): Promise<void> {
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
  socket.setTimeout(SILENCE, () => socket.destroy())
  // The other side ends it, not we: PgBouncer 1.18 dies of an end that comes before it has passed the request on.
  socket.write(request)
  socket.resume()
  const taken = new Promise((resolve) => socket.once('close', resolve))
  await Promise.race([taken, sleep(PATIENCE, undefined, { ref: false })])
}

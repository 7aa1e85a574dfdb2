import type { Worker } from 'node:cluster'

interface Handle {
  close(): void
}

/** What node:cluster sends with a connection, and gets back: `ack` is the `seq` of what it answers. */
interface ClusterMessage {
  act?: string
  seq?: number
  ack?: number
}

/**
 * Closes the connections that were on their way to a worker when it ended. Node waits for its answer for ever and
 * keeps them open, so that their clients would wait as long (seen with forty at once and a SIGKILL: one of them hung).
 */
export function closeUndelivered(worker: Worker): void {
  const { process: child } = worker
  const underway = new Map<number | undefined, Handle>()
  const send = child.send.bind(child) as (...all: unknown[]) => boolean
  child.send = (...all: unknown[]) => {
    const [message, handle] = all as [ClusterMessage, Handle | undefined]
    if (message.act === 'newconn' && handle) underway.set(message.seq, handle)
    return send(...all)
  }
  child.on('internalMessage', ({ ack }: ClusterMessage) => underway.delete(ack))
  worker.once('exit', () => {
    for (const handle of underway.values()) handle.close()
  })
}

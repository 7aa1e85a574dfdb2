import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { logCut } from '../plugins/request-log.ts'

/** Bytes that are handed to a connection at once: so many it must take in its time, however long a document is. */
const PIECE = 256 * 1024

/** The connection of a stream. */
export interface Reading {
  socket: Socket
  /** Milliseconds in which a piece must be taken. */
  patience: number
  /** Closes the connection of who does not read. */
  cut(): void
}

/** Closes the connection of a follower that does not read, and tells it; once, and not where it is closed already. */
export function cutFollower(request: FastifyRequest): void {
  const { socket } = request.raw
  if (socket.destroyed) return
  logCut(request)
  socket.destroy()
}

/** Gives bytes in pieces, each when the system has taken the one before; who does not read them in time is cut. */
export async function* handOver(
  { socket, patience, cut }: Reading,
  bytes: Buffer,
): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    const timer = setTimeout(cut, patience)
    try {
      yield bytes.subarray(at, at + PIECE)
      await taken(socket)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Resolves when everything that was written to a connection has been taken by the system, or it is closed. */
async function taken(socket: Socket): Promise<void> {
  if (!socket.writable || socket.writableLength === 0) return
  // Called when what was written before it has gone out.
  await new Promise<void>((resolve) => socket.write('', () => resolve()))
}

/**
 * A stream of pieces, each made when the one before has been written to the connection, and not ahead of it as by
 * `Readable.from`. `onError` is told first of what making one throws.
 */
export function readableOf(pieces: AsyncGenerator<Buffer>, onError: () => void): Readable {
  return new Readable({
    highWaterMark: 0,
    read() {
      pieces.next().then(
        ({ done, value }) => {
          if (!this.destroyed) this.push(done ? null : value)
        },
        (error) => {
          onError()
          this.destroy(error)
        },
      )
    },
    destroy(error, done) {
      pieces.return(undefined).then(
        () => done(error),
        () => done(error),
      )
    },
  })
}

import { readFileSync, writeFileSync } from 'node:fs'

const LENGTH_BYTES = 4

/** Writes byte strings into one file, each behind its length. */
export function writeBodies(file: string, bodies: Uint8Array[]): void {
  const parts = bodies.flatMap((body) => {
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32LE(body.length)
    return [length, body]
  })
  writeFileSync(file, Buffer.concat(parts))
}

export function readBodies(file: string): Buffer[] {
  const all = readFileSync(file)
  const bodies: Buffer[] = []
  for (let at = 0; at < all.length; ) {
    const from = at + LENGTH_BYTES
    at = from + all.readUInt32LE(at)
    bodies.push(all.subarray(from, at))
  }
  return bodies
}

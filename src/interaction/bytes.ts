/**
 * Gives the memory of bytes back at once; nobody may look at them afterwards (they have no length then). A page is some
 * 200 KB outside the heap, and left to the collector those of 270 pages make it mark the whole heap, which costs 100 µs
 * of CPU time a page.
 */
export function freeBytes(bytes: Uint8Array): void {
  // A small Buffer lies in a pool with others; Node puts none there that takes half of it (Buffer.poolSize).
  if (bytes.byteLength * 2 > bytes.buffer.byteLength) (bytes.buffer as ArrayBuffer).transfer(0)
}

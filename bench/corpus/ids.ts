/** A number for a text, the same everywhere (FNV-1a). */
export function numberOf(text: string): number {
  let number = 0x811c9dc5
  for (const byte of Buffer.from(text)) number = Math.imul(number ^ byte, 0x01000193)
  return number >>> 0
}

/** The id of the document with this index: a UUID that looks like a random one; no two indexes share one. */
export function idOf(seed: number, index: number): string {
  // Mixing is one to one, so the first part alone tells all indexes below 2^30 apart.
  const [a, b, c, d] = [0, 1, 2, 3].map((part) => hexOf(mix(seed + index * 4 + part))) as [
    string,
    string,
    string,
    string,
  ]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
}

/** The last step of MurmurHash3: one to one on 32 bits, and every bit of the input changes half of the output. */
function mix(number: number): number {
  let mixed = number | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function hexOf(number: number): string {
  return number.toString(16).padStart(8, '0')
}

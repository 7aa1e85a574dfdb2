/**
 * The CRC-32 of two byte strings laid end to end, from the CRC-32 of each and the length of the second:
 * `crc(a ‖ b) = crc(a) · x^(8·|b|) + crc(b)` in polynomials over GF(2) modulo the CRC's own. The arithmetic is
 * bit-reflected, as in RFC 1952 (gzip): bit 31 is the coefficient of x^0.
 */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  return (multiply(shiftBy(secondLength), first) ^ second) >>> 0
}

const POLYNOMIAL = 0xedb88320
const ONE = 0x80000000

/** The product of two polynomials modulo the CRC's. */
function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= shifted
    shifted = shifted & 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1
  }
  return product >>> 0
}

/** x^(2^k) for k = 0…31; from there on the powers repeat, since x^(2^32) = x for this polynomial. */
const POWERS = powers()

function powers(): number[] {
  const table = [ONE >>> 1]
  for (let k = 1; k < 32; k += 1) table.push(multiply(table[k - 1] as number, table[k - 1] as number))
  return table
}

/** x^(8·length): the effect of `length` further bytes on a CRC. */
function shiftBy(length: number): number {
  let result = ONE
  let remaining = length
  for (let k = 3; remaining > 0; k += 1, remaining = Math.floor(remaining / 2)) {
    if (remaining % 2 === 1) result = multiply(POWERS[k % 32] as number, result)
  }
  return result
}

/**
 * The CRC-32 of two byte strings laid end to end, from the CRC-32 of each and the length of the second:
 * `crc(a ‖ b) = crc(a) · x^(8·|b|) + crc(b)` in polynomials over GF(2) modulo the CRC's own. The arithmetic is
 * bit-reflected, as in RFC 1952 (gzip): bit 31 is the coefficient of x^0.
 */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  // The comma between two documents, which is every other part of a page.
  if (secondLength === 1) return ((first >>> 8) ^ (BYTES[first & 0xff] as number) ^ second) >>> 0
  return (multiply(shiftBy(secondLength), first) ^ second) >>> 0
}

// As signed integers of 32 bits, which V8 keeps in registers; unsigned ones above 2^31 become floats.
const POLYNOMIAL = 0xedb88320 | 0
const ONE = 0x80000000 | 0

/** The product of two polynomials modulo the CRC's. Masks instead of branches: the bits are random. */
function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b | 0
  for (let bits = a | 0, step = 0; step < 32; bits <<= 1, step += 1) {
    product ^= shifted & (bits >> 31)
    shifted = (shifted >>> 1) ^ (POLYNOMIAL & -(shifted & 1))
  }
  return product
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
  const fine = SHIFTS[length % FINE] as number
  return length < FINE ? fine : multiply(power(Math.floor(length / FINE), 3 + FINE_BITS), fine)
}

/** x^(2^k · n), by squaring. */
function power(n: number, k: number): number {
  let result = ONE
  for (let remaining = n, bit = k; remaining > 0; bit += 1, remaining = Math.floor(remaining / 2)) {
    if (remaining % 2 === 1) result = multiply(POWERS[bit % 32] as number, result)
  }
  return result
}

/**
 * The shifts of every length below 16 KB, where most documents' lengths lie: a page of fifty is combined in 2.5 µs with this
 * table of 64 KB and that of bytes, and in 7 to 9 with one for lengths below 4 KB alone.
 */
const FINE_BITS = 14
const FINE = 1 << FINE_BITS
const SHIFTS = shifts()

function shifts(): Int32Array {
  const table = new Int32Array(FINE)
  table[0] = ONE
  const byte = power(1, 3)
  for (let length = 1; length < FINE; length += 1) table[length] = multiply(byte, table[length - 1] as number)
  return table
}

/** What one further byte makes of the last eight bits of a CRC. */
const BYTES = Int32Array.from({ length: 256 }, (_, bits) => multiply(shiftBy(1), bits))

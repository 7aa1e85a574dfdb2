/** ISO/IEC 7812-1: a number of a payment card has up to 19 digits; those in use have 13 or more. */
export const MIN_DIGITS = 13
export const MAX_DIGITS = 19

/**
 * A row of digits, of which any part can be asked for at once: sums up to each place are kept. Whether a digit counts
 * double (ISO/IEC 7812-1, annex B) depends on how far it stands from the end of the part, so there are two sums: with
 * those at even places doubled, and with those at odd ones.
 */
export class DigitRow {
  readonly #digits: number[] = []
  readonly #evenDoubled: number[] = [0]
  readonly #oddDoubled: number[] = [0]

  get length(): number {
    return this.#digits.length
  }

  add(digit: number): void {
    const doubled = digit > 4 ? 2 * digit - 9 : 2 * digit
    const at = this.#digits.length
    const even = at % 2 === 0
    this.#evenDoubled.push((this.#evenDoubled[at] as number) + (even ? doubled : digit))
    this.#oddDoubled.push((this.#oddDoubled[at] as number) + (even ? digit : doubled))
    this.#digits.push(digit)
  }

  slice(from: number, to: number): readonly number[] {
    return this.#digits.slice(from, to)
  }

  /** Whether the digits from one place up to another can be a card by themselves. */
  isCard(from: number, to: number): boolean {
    const count = to - from
    return count >= MIN_DIGITS && count <= MAX_DIGITS && this.#isIssued(from) && this.#isValid(from, to)
  }

  /**
   * Where a card that begins here ends, among other numbers: it must have the length that nearly all cards of its issuer
   * have. Without that, one row of single digits in two would hold something that passes the check.
   */
  endOfCard(from: number): number | undefined {
    if (!this.#isIssued(from)) return undefined
    const to = from + this.#commonLength(from)
    return to <= this.length && this.#isValid(from, to) ? to : undefined
  }

  /**
   * The first digit says the industry: 3 travel (American Express, Diners, JCB), 4 and 5 banks, 6 merchants (Discover,
   * UnionPay, Maestro), 2 Mastercard and Mir. Not finer: ranges are given out anew every year, and one that is missing
   * here would let cards through. 0, 1 and 7 to 9 would double what is taken by chance: times in milliseconds begin with 1.
   */
  #isIssued(from: number): boolean {
    const first = this.#digits[from] as number
    return first >= 2 && first <= 6
  }

  /** The last digit is not doubled, so those are that have the parity of `to`. */
  #isValid(from: number, to: number): boolean {
    const sums = to % 2 === 0 ? this.#evenDoubled : this.#oddDoubled
    return ((sums[to] as number) - (sums[from] as number)) % 10 === 0
  }

  #commonLength(from: number): number {
    if (this.#digits[from] !== 3) return 16
    const second = this.#digits[from + 1]
    if (second === 4 || second === 7) return 15
    return second === 5 ? 16 : 14
  }
}

/** ISO/IEC 7812-1: a number of a payment card has up to 19 digits; those in use have 13 or more. */
export const MIN_DIGITS = 13
export const MAX_DIGITS = 19

/**
 * Sums up digits from the left, so that each length can be asked for on the way: whether a digit counts double (ISO/IEC
 * 7812-1, annex B) depends on how many follow, so both sums are kept.
 */
export class Luhn {
  length = 0
  first = 0
  second = 0
  #evenDoubled = 0
  #oddDoubled = 0

  add(digit: number): void {
    const doubled = digit > 4 ? 2 * digit - 9 : 2 * digit
    const even = this.length % 2 === 0
    this.#evenDoubled += even ? doubled : digit
    this.#oddDoubled += even ? digit : doubled
    if (this.length === 0) this.first = digit
    else if (this.length === 1) this.second = digit
    this.length += 1
  }

  /** Whether the digits so far can be a card by themselves. */
  isCard(): boolean {
    return this.length >= MIN_DIGITS && this.length <= MAX_DIGITS && this.#isIssued() && this.#isValid()
  }

  /**
   * Whether they can be one among other numbers: with the length that nearly all cards of their issuer have. Without
   * that, one row of single digits in two would hold something that passes the check.
   */
  isCommonCard(): boolean {
    return this.length === this.#commonLength() && this.#isIssued() && this.#isValid()
  }

  /**
   * The first digit says the industry: 3 travel (American Express, Diners, JCB), 4 and 5 banks, 6 merchants (Discover,
   * UnionPay, Maestro), 2 Mastercard and Mir. Not finer: ranges are given out anew every year, and one that is missing
   * here would let cards through. 0, 1 and 7 to 9 would double what is taken by chance: times in milliseconds begin with 1.
   */
  #isIssued(): boolean {
    return this.first >= 2 && this.first <= 6
  }

  #isValid(): boolean {
    return (this.length % 2 === 0 ? this.#evenDoubled : this.#oddDoubled) % 10 === 0
  }

  #commonLength(): number {
    if (this.first !== 3) return 16
    if (this.second === 4 || this.second === 7) return 15
    return this.second === 5 ? 16 : 14
  }
}

import { DigitRow, MAX_DIGITS, MIN_DIGITS } from './card-number.ts'
import { COMMA, classOf, DASH, DIGIT, digitOf, LETTER, POINT, SPACE } from './characters.ts'
import { numberWord } from './digit-words.ts'
import { MAX_GAP, mayHoldCard } from './may-hold-card.ts'
import { NOTHING, type Span } from './span.ts'
import { findsIn } from './units.ts'

/**
 * Payment cards: 13 to 19 digits, written or spoken, that satisfy Luhn's check. A number begins and ends where a group
 * of digits does, never inside one. Takes time in proportion to the text: each group of digits is tried twice.
 */
export function findCards(text: string): readonly Span[] {
  return findsIn(text, mayHoldCard) ? new CardScan(text).spans : NOTHING
}

/** One pass over a text; `steps` counts the digits that were read and the cards that were tried. */
export class CardScan {
  steps = 0
  readonly spans: Span[] = []
  readonly #text: string
  #run: Run | undefined
  /** Where the last part of the run ended, and whether it was a word. */
  #end = 0
  #spoken = false
  /** Of "double" and its like, until the digit comes. */
  #times = 1
  #timesStart = 0

  constructor(text: string) {
    this.#text = text
    let at = 0
    while (at < text.length) {
      const kind = classOf(text.charCodeAt(at))
      if (kind === LETTER) at = this.#word(at)
      else if (kind === DIGIT) at = this.#digits(at)
      else at += 1
    }
    this.#flush()
  }

  #word(start: number): number {
    const text = this.#text
    let end = start + 1
    while (end < text.length && classOf(text.charCodeAt(end)) === LETTER) end += 1
    const word = numberWord(text, start, end)
    if (word === undefined) {
      this.#flush()
      return end
    }
    if (!this.#joins(start, true)) this.#flush()
    this.#end = end
    this.#spoken = true
    if (word.times !== undefined) {
      this.#times = word.times
      this.#timesStart = start
    } else {
      this.#add(start, end, [word.digit as number])
    }
    return end
  }

  #digits(start: number): number {
    const text = this.#text
    let end = start + 1
    while (end < text.length && classOf(text.charCodeAt(end)) === DIGIT) end += 1
    this.steps += end - start
    if (end - start > MAX_DIGITS || isPartOfMore(text, start, end)) {
      this.#flush()
      return end
    }
    if (!this.#joins(start, false)) this.#flush()
    this.#end = end
    this.#spoken = false
    const digits: number[] = []
    for (let at = start; at < end; at += 1) digits.push(digitOf(text.charCodeAt(at)))
    this.#add(start, end, digits)
    return end
  }

  /** A group of the run; after "double" the one digit counts twice. */
  #add(start: number, end: number, digits: number[]): void {
    this.#run ??= new Run()
    const times = digits.length === 1 ? this.#times : 1
    const from = times === 1 ? start : this.#timesStart
    const all = times === 1 ? digits : Array.from({ length: times }, () => digits[0] as number)
    this.#run.add({ start: from, end }, all)
    this.#times = 1
    if (this.#run.isFull) this.#slide()
  }

  /** Gives the beginning of a long run away, in which nothing is to be found any more. */
  #slide(): void {
    const run = this.#run as Run
    const { found, rest } = run.slide()
    this.steps += run.steps
    for (const span of found) this.spans.push(span)
    this.#run = rest
  }

  /** Whether what stands before this place lets the run go on. */
  #joins(start: number, word: boolean): boolean {
    const gap = start - this.#end
    if (gap < 1 || gap > MAX_GAP) return false
    let separated = false
    for (let at = this.#end; at < start; at += 1) {
      const kind = classOf(this.#text.charCodeAt(at))
      if (kind === SPACE || kind === DASH) separated = true
      else if (kind === COMMA || (kind === POINT && (word || this.#spoken)))
        separated ||= word || this.#spoken
      else return false
    }
    return separated
  }

  #flush(): void {
    this.#times = 1
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    const found = run.cards()
    this.steps += run.steps
    for (const span of found) this.spans.push(span)
  }
}

/**
 * Groups of a run that are held at once. A text of a megabyte may be one run: held as a whole, seven of them took 1.9 s instead
 * of 0.8, most of it to collect what was held.
 */
const MAX_GROUPS = 512

/** Groups of digits that stand beside each other. */
class Run {
  steps = 0
  /** Whether it goes on from what was given away: then nothing from its first group on stands alone. */
  readonly #goesOn: boolean
  readonly #groups: Span[] = []
  readonly #digits = new DigitRow()
  /** Digits before each group, and of all. */
  readonly #before: number[] = [0]
  /** The group that begins at a digit; none where one goes on there. */
  readonly #groupAt: (number | undefined)[] = []

  constructor(goesOn = false) {
    this.#goesOn = goesOn
  }

  get isFull(): boolean {
    return this.#groups.length >= MAX_GROUPS
  }

  add(group: Span, digits: readonly number[]): void {
    this.#groupAt.push(this.#groups.length)
    this.#groups.push(group)
    for (const digit of digits) this.#digits.add(digit)
    for (let more = 1; more < digits.length; more += 1) this.#groupAt.push(undefined)
    this.#before.push(this.#digits.length)
  }

  cards(): Span[] {
    const found: Span[] = []
    const count = this.#groups.length
    if (this.#digits.length < MIN_DIGITS) return found
    const from = this.#find(found, (from, first) => {
      return first === from && this.#alone(from, count) !== undefined
    })
    const last = this.#alone(from, count)
    if (last !== undefined) found.push(last)
    return found
  }

  /** The cards that begin so early that what may come makes no difference, and the run without what is done with. */
  slide(): { found: Span[]; rest: Run } {
    const found: Span[] = []
    const isOpen = (first: number) => this.#digits.length - (this.#before[first] as number) <= MAX_DIGITS
    let reached = 0
    const from = this.#find(found, (_, first) => {
      reached = first
      return isOpen(first)
    })
    // What stands before the next card is one by itself where it is short enough, so it is kept until then.
    const short = (this.#before[reached] as number) - (this.#before[from] as number) <= MAX_DIGITS
    const start = short ? from : reached
    const rest = new Run(start !== from || (from === 0 && this.#goesOn))
    for (let group = start; group < this.#groups.length; group += 1) {
      const digits = this.#digits.slice(this.#before[group] as number, this.#before[group + 1] as number)
      rest.add(this.#groups[group] as Span, digits)
    }
    return { found, rest }
  }

  /** Finds cards in order until it is to stop, or there are none; gives the group behind the last of them. */
  #find(found: Span[], stops: (from: number, first: number) => boolean): number {
    let from = 0
    for (let first = 0; !stops(from, first) && first < this.#groups.length; ) {
      const end = this.#endOfCard(first)
      if (end === undefined) {
        first += 1
        continue
      }
      // What is left on either side stands alone now, so that a second look at the text finds nothing new.
      const left = this.#alone(from, first)
      if (left !== undefined) found.push(left)
      found.push(this.#span(first, end))
      from = end
      first = end
    }
    return from
  }

  /** These groups as one card, where they are all that stands there. */
  #alone(from: number, end: number): Span | undefined {
    return from === 0 && this.#goesOn ? undefined : this.#whole(from, end)
  }

  /** All of these groups as one card. */
  #whole(first: number, end: number): Span | undefined {
    this.steps += 1
    const isCard = this.#digits.isCard(this.#before[first] as number, this.#before[end] as number)
    return isCard ? this.#span(first, end) : undefined
  }

  /** The group behind the card that begins with this one: which is a card by itself, or with some that follow. */
  #endOfCard(first: number): number | undefined {
    if (this.#whole(first, first + 1) !== undefined) return first + 1
    const end = this.#digits.endOfCard(this.#before[first] as number)
    if (end === undefined) return undefined
    return end === this.#digits.length ? this.#groups.length : this.#groupAt[end]
  }

  #span(first: number, end: number): Span {
    return { start: (this.#groups[first] as Span).start, end: (this.#groups[end - 1] as Span).end }
  }
}

/** Whether digits are part of an id such as `3f4111…`, or the decimals of a number. */
function isPartOfMore(text: string, start: number, end: number): boolean {
  if (touchesId(text, start - 1, -1) || touchesId(text, end, 1)) return true
  const before = classOf(text.charCodeAt(start - 1))
  return (before === POINT || before === COMMA) && classOf(text.charCodeAt(start - 2)) === DIGIT
}

/** A word that was typed onto a number (`card4111…`) is told from an id by letters that are no hexadecimal digits. */
function touchesId(text: string, at: number, step: 1 | -1): boolean {
  const [next, further] = [text.charCodeAt(at), text.charCodeAt(at + step)]
  if (classOf(next) !== LETTER) return false
  return classOf(further) !== LETTER || (isHex(next) && isHex(further))
}

function isHex(unit: number): boolean {
  const letter = unit | 0x20
  return letter >= 0x61 && letter <= 0x66
}

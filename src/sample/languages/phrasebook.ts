import type { Scene } from '../scene.ts'
import type { Manners, Opening, Outcome } from '../story.ts'

/** What people say at the fixed points of a conversation in a language; each a list to choose from. */
export interface Phrasebook {
  /** The agent answers the phone. */
  answers(s: Scene): readonly string[]
  /** The customer's greeting, closed with a full stop or the like. */
  greetings(s: Scene): readonly string[]
  /** The agent's first words in writing. */
  introduces(s: Scene): readonly string[]
  /** The agent asks who the customer is, and the customer answers. */
  identity(s: Scene): readonly (readonly [string, string])[]
  thanks(s: Scene): readonly string[]
  wait(s: Scene): readonly string[]
  agreed: readonly string[]
  back(s: Scene): readonly string[]
  anythingElse: readonly string[]
  nothingElse: Readonly<Record<Outcome, readonly string[]>>
  farewell(s: Scene, outcome: Outcome): readonly string[]
  goodbye: readonly string[]
}

/** Turns a phrasebook into the manners of a conversation. */
export function fromPhrasebook(book: Phrasebook): Manners {
  return {
    open: (s, opening) => open(s, book, opening),
    verify: (s) => verify(s, book),
    hold: (s) => hold(s, book),
    close: (s, outcome) => close(s, book, outcome),
  }
}

function open(s: Scene, book: Phrasebook, { mood, says, ack }: Opening): void {
  const problem = `${s.pick(...book.greetings(s))} ${s.pick(...says)}`
  if (s.voice) s.us('0', ...book.answers(s))
  s.them(mood, problem)
  if (s.voice) s.us(mood === '-' ? '~' : '0', ...ack)
  else s.us('0', `${s.pick(...book.introduces(s))} ${s.pick(...ack)}`)
}

function verify(s: Scene, book: Phrasebook): void {
  if (s.identified || (!s.voice && s.chance(0.5))) return
  const [question, answer] = s.pick(...book.identity(s))
  s.us('0', question)
  s.them('0', answer)
  s.wait(1, 8)
  s.us('0', ...book.thanks(s))
}

function hold(s: Scene, book: Phrasebook): void {
  s.us('0', ...book.wait(s))
  if (s.chance(0.6)) s.them('0', ...book.agreed)
  s.wait(25, 120)
  if (s.voice && s.chance(0.6)) s.us('0', ...book.back(s))
}

function close(s: Scene, book: Phrasebook, outcome: Outcome): void {
  if (s.chance(s.brief ? 0.5 : 0.85)) {
    s.us('0', ...book.anythingElse)
    s.them(outcome === 'good' ? '+' : outcome === 'bad' ? '-' : '0', ...book.nothingElse[outcome])
  }
  s.us(outcome === 'bad' ? '0' : '+', ...book.farewell(s, outcome))
  if (s.voice && s.chance(0.6)) s.them('0', ...book.goodbye)
}

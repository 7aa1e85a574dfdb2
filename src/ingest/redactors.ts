import { DEFAULT_REDACTOR, type Redactor, redactorOf } from '../interaction/redact/redactor.ts'
import type { Store } from '../store/store.ts'

/** Milliseconds for which an account's settings are remembered; afterwards a write asks the store again. */
export const SETTINGS_REMEMBERED = 5000
/** Accounts whose settings are remembered at once. */
const MAX_ACCOUNTS = 1000

interface Remembered {
  until: number
  /** The settings as text: patterns are compiled anew only when these change. */
  settings: string
  redactor: Redactor
}

/** What is redacted in each account. */
export class Redactors {
  readonly #store: Pick<Store, 'getAccount'>
  readonly #now: () => number
  readonly #remembered = new Map<string, Remembered>()

  /** `now`: milliseconds, of any clock that does not go back. */
  constructor(store: Pick<Store, 'getAccount'>, now: () => number) {
    this.#store = store
    this.#now = now
  }

  /** Rejects where the settings cannot be read or used: then nothing may be written. */
  async of(accountId: string): Promise<Redactor> {
    const known = this.#remembered.get(accountId)
    if (known !== undefined && this.#now() < known.until) return known.redactor
    const asked = this.#now()
    const redaction = (await this.#store.getAccount(accountId))?.redaction
    const settings = JSON.stringify(redaction) ?? ''
    const redactor = settings === known?.settings ? known.redactor : await redactorFor(redaction)
    this.#remember(accountId, { until: asked + SETTINGS_REMEMBERED, settings, redactor })
    return redactor
  }

  #remember(accountId: string, remembered: Remembered): void {
    this.#remembered.delete(accountId)
    this.#remembered.set(accountId, remembered)
    if (this.#remembered.size <= MAX_ACCOUNTS) return
    const [oldest] = this.#remembered.keys()
    this.#remembered.delete(oldest as string)
  }
}

async function redactorFor(redaction: Parameters<typeof redactorOf>[0]): Promise<Redactor> {
  return redaction === undefined ? DEFAULT_REDACTOR : redactorOf(redaction)
}

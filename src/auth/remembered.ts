import { hash } from 'node:crypto'

/**
 * A bounded map of tokens that were verified. The key is the token's SHA-256: a dump of this process's
 * memory then holds no more bearer tokens than the requests that are running.
 */
export class RememberedTokens<Value> {
  readonly #capacity: number
  readonly #values = new Map<string, Value>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#values.size
  }

  get(name: string): Value | undefined {
    return this.#values.get(name)
  }

  /** Forgets the oldest where there is no room; tokens live minutes, so that is the next to expire, too. */
  set(name: string, value: Value): void {
    this.#values.delete(name)
    if (this.#values.size >= this.#capacity) {
      for (const oldest of this.#values.keys()) {
        this.#values.delete(oldest)
        break
      }
    }
    this.#values.set(name, value)
  }

  delete(name: string): void {
    this.#values.delete(name)
  }
}

export function tokenName(token: string): string {
  return hash('sha256', token, 'base64')
}

/** Values by key, of which only so many are kept: beyond that the one used longest ago is forgotten. */
export class Recent<Value> {
  readonly #values = new Map<string, Value>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  /** The value of a key, which gets no younger by this. */
  get(key: string): Value | undefined {
    return this.#values.get(key)
  }

  /** The value of a key, made where there is none. */
  use(key: string, make: () => Value): Value {
    const value = this.#values.get(key) ?? make()
    // A map keeps the order of insertion, so this makes it the youngest.
    this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size > this.#max) {
      const [oldest] = this.#values.keys()
      this.#values.delete(oldest as string)
    }
    return value
  }
}

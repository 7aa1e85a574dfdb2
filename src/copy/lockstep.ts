/** What two stores have at the same place of one order. */
export interface Pair<Item> {
  ours: Item | undefined
  theirs: Item | undefined
}

/** Goes through two orders at once, up to the end of the longer one. */
export async function* lockstep<Item>(
  from: AsyncGenerator<Item[]>,
  to: AsyncGenerator<Item[]>,
): AsyncGenerator<Pair<Item>> {
  const [ours, theirs] = [one(from), one(to)]
  for (;;) {
    const [{ value: our }, { value: their }] = [await ours.next(), await theirs.next()]
    if (our === undefined && their === undefined) return
    yield { ours: our, theirs: their }
  }
}

async function* one<Item>(batches: AsyncGenerator<Item[]>): AsyncGenerator<Item, undefined> {
  for await (const batch of batches) yield* batch
}

/** Runs what is done under one name one after the other, in the order of asking; different names do not wait. */
export function inTurns() {
  const last = new Map<string, Promise<unknown>>()
  return function turn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = last.get(name)
    const done = before === undefined ? work() : before.then(work)
    const settled = done.then(
      () => {},
      () => {},
    )
    last.set(name, settled)
    void settled.then(() => {
      if (last.get(name) === settled) last.delete(name)
    })
    return done
  }
}

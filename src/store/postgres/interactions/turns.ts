import { StoreUnavailable } from '../../errors.ts'

/**
 * Runs what is done under one name one after the other, in the order of asking; different names do not wait. What has
 * waited for `patience` milliseconds (from `since` on, by performance.now()) before its turn has come is given up with
 * StoreUnavailable: behind one that is stuck, the last of many would wait for all their time-outs together. `work` is
 * told when that will be, so that it waits no longer for anything else.
 */
export function inTurns(patience: number) {
  const last = new Map<string, Promise<unknown>>()
  return function turn<T>(
    name: string,
    work: (until: number) => Promise<T>,
    since = performance.now(),
  ): Promise<T> {
    const until = since + patience
    const before = last.get(name)
    const done = before === undefined ? work(until) : whenItsTurn(before, work, until)
    // Without what they gave, or each would keep all those before it.
    const settled = Promise.allSettled([before, done]).then(() => {})
    last.set(name, settled)
    void settled.then(() => {
      if (last.get(name) === settled) last.delete(name)
    })
    return done
  }
}

function whenItsTurn<T>(
  before: Promise<unknown>,
  work: (until: number) => Promise<T>,
  until: number,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  let late = false
  const timer = setTimeout(() => {
    late = true
    reject(new StoreUnavailable('Other writes held the account for too long.'))
  }, until - performance.now())
  void before.then(() => {
    clearTimeout(timer)
    if (!late) resolve(work(until))
  })
  return promise
}

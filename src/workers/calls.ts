/** One end of the line between the primary and a worker. */
export interface Line {
  send(message: object, done: (error: Error | null) => void): void
  onMessage(listener: (message: unknown) => void): void
  onDisconnect(listener: () => void): void
}

/** Functions on the other end, by name; each takes at most one argument. */
type Functions<Names> = { [Name in keyof Names]: (argument: never) => unknown }

export type Call<Theirs extends Functions<Theirs>> = <Name extends keyof Theirs & string>(
  name: Name,
  argument?: Parameters<Theirs[Name]>[0],
  options?: { timeout?: number },
) => Promise<Awaited<ReturnType<Theirs[Name]>>>

type Message =
  | { call: number; name: string; argument: unknown }
  | { answer: number; value: unknown }
  | { answer: number; fault: string }

interface Pending {
  resolve(value: unknown): void
  reject(error: Error): void
  timer: NodeJS.Timeout | undefined
}

/**
 * Answers the calls of the other end with `ours`, and gives the function that calls `theirs`. A call rejects where the
 * other end fails, is gone, or (with `timeout`, milliseconds) does not answer in time.
 */
export function connectCalls<Theirs extends Functions<Theirs>, Ours extends Functions<Ours>>(
  line: Line,
  ours: Ours,
): Call<Theirs> {
  const pending = new Map<number, Pending>()
  let lastId = 0

  function settle(id: number, outcome: (entry: Pending) => void): void {
    const entry = pending.get(id)
    if (entry === undefined) return
    pending.delete(id)
    clearTimeout(entry.timer)
    outcome(entry)
  }

  async function answer({ call, name, argument }: Extract<Message, { call: number }>): Promise<void> {
    let message: Message
    try {
      message = { answer: call, value: await ours[name as keyof Ours](argument as never) }
    } catch (error) {
      message = { answer: call, fault: (error as Error).message }
    }
    // Whoever asked and is gone needs no answer.
    line.send(message, () => {})
  }

  line.onMessage((received) => {
    const message = received as Message
    if ('call' in message) void answer(message)
    else if ('fault' in message) settle(message.answer, ({ reject }) => reject(new Error(message.fault)))
    else settle(message.answer, ({ resolve }) => resolve(message.value))
  })
  line.onDisconnect(() => {
    for (const id of pending.keys()) settle(id, ({ reject }) => reject(new Error('the line is cut')))
  })

  const call = (name: string, argument?: unknown, { timeout }: { timeout?: number } = {}) => {
    lastId += 1
    const id = lastId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer =
      timeout && setTimeout(settle, timeout, id, () => reject(new Error(`${name} was not answered in time`)))
    pending.set(id, { resolve, reject, timer: timer || undefined })
    line.send({ call: id, name, argument }, (error) => {
      if (error !== null) settle(id, () => reject(error))
    })
    return promise
  }
  return call as Call<Theirs>
}

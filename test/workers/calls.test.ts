import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import test from 'node:test'
import { type Call, connectCalls, type Line } from '../../src/workers/calls.ts'

interface Sums {
  add(pair: [number, number]): number
  later(): Promise<string>
  wrong(): void
  never(): Promise<void>
}

/** The caller's function, and the cut of the line. */
function connected(): { call: Call<Sums>; cut(): void } {
  const [here, there] = [new EventEmitter(), new EventEmitter()]
  const line = (mine: EventEmitter, other: EventEmitter): Line => ({
    send(message, done) {
      setImmediate(() => other.emit('message', structuredClone(message)))
      done(null)
    },
    onMessage: (listener) => mine.on('message', listener),
    onDisconnect: (listener) => mine.once('disconnect', listener),
  })
  const call = connectCalls<Sums, object>(line(here, there), {})
  connectCalls<object, Sums>(line(there, here), {
    add: ([one, other]) => one + other,
    later: async () => 'now',
    wrong() {
      throw new Error('it is wrong')
    },
    never: () => new Promise(() => {}),
  })
  return { call, cut: () => here.emit('disconnect') }
}

test('calls are answered, each with its own answer', async () => {
  const { call } = connected()
  const sums = await Promise.all([call('add', [1, 2]), call('later'), call('add', [3, 4])])
  assert.deepEqual(sums, [3, 'now', 7])
})

test('a call fails where the other end fails, does not answer in time, or goes', async () => {
  const { call, cut } = connected()
  await assert.rejects(call('wrong'), /it is wrong/)
  await assert.rejects(call('never', undefined, { timeout: 1 }), /never was not answered in time/)
  const open = call('never')
  cut()
  await assert.rejects(open, /the line is cut/)
})

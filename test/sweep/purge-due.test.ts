import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { purgeDue } from '../../src/sweep/purger.ts'

const at = (text: string) => Date.parse(`2024-03-${text}Z`)
const THREE = 3 * 60

test('a purge is due once the time of day has come since the last one', () => {
  const rows: [last: string, now: string, due: boolean][] = [
    ['10T03:00:00', '11T02:59:59', false],
    ['10T03:00:00', '11T03:00:00', true],
    ['11T03:00:00', '11T03:00:01', false],
    ['11T02:59:59', '11T03:00:00', true],
    // The process was down at that time, for a day or for a week.
    ['10T03:05:00', '11T14:00:00', true],
    ['10T14:00:00', '11T02:00:00', false],
    ['02T14:00:00', '11T02:00:00', true],
    // The clock was wrong.
    ['20T14:00:00', '11T02:00:00', true],
  ]
  for (const [last, now, due] of rows) {
    assert.equal(purgeDue(THREE, at(last), at(now)), due, `${last} → ${now}`)
  }
})

test('at whatever time of day, a server that runs purges once a day', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 24 * 60 - 1 }),
      fc.integer({ min: 0, max: 24 * 60 - 1 }),
      (purgeAt, start) => {
        const begin = at('01T00:00:00') + start * 60_000
        let last = begin
        let purges = 0
        for (let minute = 1; minute <= 5 * 24 * 60; minute += 1) {
          const now = begin + minute * 60_000
          if (!purgeDue(purgeAt, last, now)) continue
          last = now
          purges += 1
          assert.equal((now / 60_000) % (24 * 60), purgeAt)
        }
        assert.equal(purges, 5)
      },
    ),
    { numRuns: 50 },
  )
})

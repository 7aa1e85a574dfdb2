import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DAY, formatInstant, parseInstant } from '../../src/interaction/instant.ts'
import { MAX_WINDOW, resolveWindow, type Window } from '../../src/interaction/window.ts'

const NOW = parseInstant('2024-05-08T12:00:00Z') as number
const at = (text: string) => parseInstant(text) as number
const around = (from: string, to: string): Window => ({ from: at(from), to: at(to) })

const UNREADABLE = 'must be an RFC 3339 date-time with an offset, such as 2023-06-16T00:00:02Z'
const SPACE = 'has a space where its offset begins: write + as %2B in a URL'
const TOO_LONG = 'lies more than seven days (7 x 24 hours) after interaction_started'

describe('the window of a listing', () => {
  const resolved: [what: string, started: unknown, ended: unknown, given: string, window: Window][] = [
    [
      'neither given: the seven days up to now',
      undefined,
      undefined,
      'none',
      around('2024-05-01T12:00:00Z', '2024-05-08T12:00:00Z'),
    ],
    [
      'only the start: seven days from it',
      '2024-04-01T00:00:00Z',
      undefined,
      'one',
      around('2024-04-01T00:00:00Z', '2024-04-08T00:00:00Z'),
    ],
    [
      'only the start, less than seven days ago: up to now',
      '2024-05-07T00:00:00Z',
      undefined,
      'one',
      around('2024-05-07T00:00:00Z', '2024-05-08T12:00:00Z'),
    ],
    [
      'only the start, exactly seven days ago: up to now',
      '2024-05-01T12:00:00Z',
      undefined,
      'one',
      around('2024-05-01T12:00:00Z', '2024-05-08T12:00:00Z'),
    ],
    [
      'only the start, in the future: empty, and no error',
      '2024-06-01T00:00:00Z',
      undefined,
      'one',
      around('2024-06-01T00:00:00Z', '2024-06-01T00:00:00Z'),
    ],
    [
      'only the end: seven days up to it',
      undefined,
      '2024-04-08T00:00:00Z',
      'one',
      around('2024-04-01T00:00:00Z', '2024-04-08T00:00:00Z'),
    ],
    [
      'both',
      '2024-04-01T00:00:00Z',
      '2024-04-02T00:00:00.000001Z',
      'both',
      around('2024-04-01T00:00:00Z', '2024-04-02T00:00:00.000001Z'),
    ],
    [
      'both, exactly seven days',
      '2024-04-01T00:00:00Z',
      '2024-04-08T00:00:00Z',
      'both',
      around('2024-04-01T00:00:00Z', '2024-04-08T00:00:00Z'),
    ],
    [
      'both the same instant',
      '2024-04-01T00:00:00Z',
      '2024-04-01T00:00:00Z',
      'both',
      around('2024-04-01T00:00:00Z', '2024-04-01T00:00:00Z'),
    ],
    [
      'offsets',
      '2024-04-01T00:00:00+02:00',
      '2024-04-01T00:00:00-02:00',
      'both',
      around('2024-03-31T22:00:00Z', '2024-04-01T02:00:00Z'),
    ],
    [
      'both in the future',
      '2024-06-01T00:00:00Z',
      '2024-06-02T00:00:00Z',
      'both',
      around('2024-06-01T00:00:00Z', '2024-06-02T00:00:00Z'),
    ],
  ]
  for (const [what, started, ended, given, window] of resolved) {
    it(`takes ${what}`, () => {
      assert.deepEqual(resolveWindow(started, ended, NOW), { ok: true, given, window })
    })
  }

  const started = (description: string) => ({ name: 'interaction_started', description })
  const ended = (description: string) => ({ name: 'interaction_ended', description })
  const refused: [what: string, started: unknown, ended: unknown, problems: object[]][] = [
    [
      'one microsecond more than seven days',
      '2024-04-01T00:00:00Z',
      '2024-04-08T00:00:00.000001Z',
      [ended(TOO_LONG)],
    ],
    [
      'a start after the end',
      '2024-04-01T00:00:00.000001Z',
      '2024-04-01T00:00:00Z',
      [started('lies after interaction_ended (2024-04-01T00:00:00.000000Z)')],
    ],
    ['a start without an offset', '2024-04-01T00:00:00', undefined, [started(UNREADABLE)]],
    ['an end without an offset, long enough', undefined, '2024-04-01T00:00:00.5', [ended(UNREADABLE)]],
    ['19 characters', '2024-04-01T00:00:0Z', undefined, [started(UNREADABLE)]],
    ['a date', '2024-04-01', undefined, [started(UNREADABLE)]],
    ['an empty text', '', undefined, [started(UNREADABLE)]],
    ['a time stamp', undefined, '1711929600000000000000', [ended(UNREADABLE)]],
    ['a day that does not exist', '2024-02-30T00:00:00Z', undefined, [started(UNREADABLE)]],
    ['a year out of range', '1850-02-01T00:00:00Z', undefined, [started(UNREADABLE)]],
    ['a space where + was meant', '2024-04-01T00:00:00 02:00', undefined, [started(SPACE)]],
    [
      'a start that is repeated',
      ['2024-04-01T00:00:00Z', '2024-04-01T00:00:00Z'],
      undefined,
      [started('is given more than once')],
    ],
    [
      'an end that is repeated',
      undefined,
      ['2024-04-01T00:00:00Z', '2024-04-02T00:00:00Z'],
      [ended('is given more than once')],
    ],
    ['both unreadable, and tells both', 'yesterday', 'today', [started(UNREADABLE), ended(UNREADABLE)]],
    ['an unreadable start beside a good end', 'yesterday', '2024-04-01T00:00:00Z', [started(UNREADABLE)]],
    ['a value that is no text', 5, { a: 1 }, [started(UNREADABLE), ended(UNREADABLE)]],
  ]
  for (const [what, from, to, problems] of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(resolveWindow(from, to, NOW), { ok: false, problems })
    })
  }

  it('is seven days of 24 hours', () => {
    assert.equal(MAX_WINDOW, 7 * DAY)
    assert.equal(MAX_WINDOW, 604_800_000_000)
  })

  it('accepts two bounds exactly where they are in order and at most seven days apart', () => {
    const near = fc.integer({ min: NOW - 8 * DAY, max: NOW + 8 * DAY })
    fc.assert(
      fc.property(near, near, (from, to) => {
        const reading = resolveWindow(formatInstant(from), formatInstant(to), NOW)
        assert.equal(reading.ok, from <= to && to - from <= MAX_WINDOW)
        if (reading.ok) assert.deepEqual(reading.window, { from, to })
      }),
    )
  })
})

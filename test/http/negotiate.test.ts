import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import Negotiator from 'negotiator'
import { changesTypeFor, takesGzip } from '../../src/http/negotiate.ts'

const asked = (accepted: string | undefined) => ({ 'accept-encoding': accepted })

test('gzip is sent to who accepts it, and prefers it to plain', () => {
  for (const header of ['gzip', 'GZIP', 'gzip, deflate, br', 'br,gzip', '*', 'gzip;q=0.1, identity;q=0']) {
    assert.equal(takesGzip(asked(header)), true, header)
  }
  for (const header of [
    undefined,
    '',
    'identity',
    'br',
    'xgzip',
    'gzip-9',
    'gzip;q=0',
    'identity, gzip;q=0.5',
  ]) {
    assert.equal(takesGzip(asked(header)), false, String(header))
  }
})

test('a list without weights is read as any other list is', () => {
  const word = fc.constantFrom('gzip', 'Gzip', 'identity', 'br', '*', 'x-gzip', 'gzipped', 'deflate', '')
  const space = fc.constantFrom('', ' ', '  ', '\t')
  const item = fc.tuple(space, word, space).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(item, { maxLength: 5 }), (items) => {
      const headers = { 'accept-encoding': items.join(',') }
      const expected = new Negotiator({ headers }).encoding(['gzip', 'identity']) === 'gzip'
      assert.equal(takesGzip(asked(items.join(','))), expected)
    }),
    { numRuns: 2000 },
  )
})

test('changes come as the type that is accepted, with a charset or without; a page where nothing is said', () => {
  for (const [accept, type] of [
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['application/x-ndjson;charset=UTF-8', 'application/x-ndjson'],
    ['text/event-stream', 'text/event-stream'],
    ['text/event-stream; charset=utf-8', 'text/event-stream'],
    ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
    ['text/html', undefined],
    ['application/json;q=0', undefined],
  ] as const) {
    assert.equal(changesTypeFor({ accept }), type, String(accept))
  }
})

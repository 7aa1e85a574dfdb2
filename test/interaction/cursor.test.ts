import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type CursorKey,
  type CursorKeys,
  type CursorKind,
  cursorKey,
  cursorKeyName,
  openCursor,
  sealCursor,
} from '../../src/interaction/cursor.ts'

const keyOf = (byte: number): CursorKey => cursorKey(new Uint8Array(32).fill(byte))
const only = (key: CursorKey): CursorKeys => ({ current: key, all: [key] })

const KEYS = only(keyOf(1))
const PLACE = Buffer.from('a place in an order')
const CURSOR = sealCursor(KEYS, 'listing', 'account', PLACE)
const OTHER_KIND = 'feed' as CursorKind

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** What decoders of base64 skip or take for another character. */
const FOREIGN = ['=', '+', '/', '.', ' ', '\n', '\r', '\t', '\0', '%', 'é', '\ud800', '😀']

function assertRefused(cursor: string, why: string): void {
  assert.equal(openCursor(KEYS, 'listing', 'account', cursor), undefined, `${why}: ${JSON.stringify(cursor)}`)
}

describe('a sealed cursor', () => {
  it('opens to the place that was sealed, whatever the place and the account', () => {
    const secret = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(secret, fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, place, account) => {
        const keys = only(cursorKey(bytes))
        const cursor = sealCursor(keys, 'listing', account, place)
        assert.match(cursor, /^[\w-]+$/)
        assert.deepEqual(openCursor(keys, 'listing', account, cursor), Buffer.from(place))
      }),
    )
  })

  it('is the same text for the same place, and another for another', () => {
    assert.equal(sealCursor(KEYS, 'listing', 'account', Buffer.from(PLACE)), CURSOR)
    const others = [
      sealCursor(KEYS, 'listing', 'account', Buffer.from('a place in an ordes')),
      sealCursor(KEYS, 'listing', 'accounu', PLACE),
      sealCursor(KEYS, OTHER_KIND, 'account', PLACE),
      sealCursor(only(keyOf(2)), 'listing', 'account', PLACE),
    ]
    assert.equal(new Set([CURSOR, ...others]).size, 5)
  })

  it('shows nothing of the place', () => {
    const sealed = Buffer.from(CURSOR, 'base64url')
    assert.equal(sealed.length, 21 + PLACE.length)
    for (let at = 0; at + 3 <= PLACE.length; at += 1) assert.ok(!sealed.includes(PLACE.subarray(at, at + 3)))
  })

  it('shares no ciphertext between two places that begin alike', () => {
    const [a, b] = ['same beginning, one', 'same beginning, two'].map((place) =>
      Buffer.from(sealCursor(KEYS, 'listing', 'account', Buffer.from(place)), 'base64url').subarray(21),
    ) as [Buffer, Buffer]
    assert.notDeepEqual(a.subarray(0, 8), b.subarray(0, 8))
  })

  it('is refused for another account or another kind', () => {
    for (const account of ['', 'Account', 'account ', 'accoun', 'listingaccount']) {
      assert.equal(openCursor(KEYS, 'listing', account, CURSOR), undefined, account)
    }
    assert.equal(openCursor(KEYS, OTHER_KIND, 'account', CURSOR), undefined)
  })

  it('does not let kind, account and place run together', () => {
    const cursor = sealCursor(KEYS, 'ab' as CursorKind, 'c', Buffer.from('d'))
    const moved: [kind: string, account: string][] = [
      ['a', 'bc'],
      ['abc', ''],
      ['ab', 'cd'],
      ['', 'abc'],
    ]
    for (const [kind, account] of moved) {
      assert.equal(openCursor(KEYS, kind as CursorKind, account, cursor), undefined, `${kind} ${account}`)
    }
    assert.notEqual(
      sealCursor(KEYS, 'listing', 'a', Buffer.from('bc')),
      sealCursor(KEYS, 'listing', 'ab', Buffer.from('c')),
    )
  })
})

describe('a cursor with anything changed is refused:', () => {
  const sealed = Buffer.from(CURSOR, 'base64url')

  it('every single bit', () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      assertRefused(changed.toString('base64url'), `bit ${bit}`)
    }
  })

  it('every byte added or removed', () => {
    for (let at = 0; at <= sealed.length; at += 1) {
      const [before, after] = [sealed.subarray(0, at), sealed.subarray(at)]
      assertRefused(before.length < sealed.length ? before.toString('base64url') : '', `cut at ${at}`)
      assertRefused(Buffer.concat([before, Buffer.from([0]), after]).toString('base64url'), `added at ${at}`)
      if (after.length === 0) continue
      assertRefused(Buffer.concat([before, after.subarray(1)]).toString('base64url'), `removed at ${at}`)
    }
  })

  it('every character replaced by every other', () => {
    for (let at = 0; at < CURSOR.length; at += 1) {
      for (const character of [...ALPHABET, ...FOREIGN]) {
        if (character === CURSOR[at]) continue
        assertRefused(CURSOR.slice(0, at) + character + CURSOR.slice(at + 1), `character ${at}`)
      }
    }
  })

  it('every character inserted anywhere, in front and behind', () => {
    for (let at = 0; at <= CURSOR.length; at += 1) {
      for (const character of [...FOREIGN, 'A', 'w', '_']) {
        assertRefused(CURSOR.slice(0, at) + character + CURSOR.slice(at), `inserted at ${at}`)
      }
    }
    for (const character of ALPHABET) {
      assertRefused(CURSOR + character, 'appended')
      assertRefused(character + CURSOR, 'put in front')
    }
  })

  it('every character removed', () => {
    for (let at = 0; at < CURSOR.length; at += 1) {
      assertRefused(CURSOR.slice(0, at) + CURSOR.slice(at + 1), `removed at ${at}`)
    }
  })

  it('padding, the other base64 alphabet, and spare bits', () => {
    // Places of 18 to 20 bytes leave 0, 1 and 2 bytes in the last group of three.
    for (const length of [18, 19, 20]) {
      const cursor = sealCursor(KEYS, 'listing', 'account', new Uint8Array(length).fill(0xff))
      assert.ok(openCursor(KEYS, 'listing', 'account', cursor))
      for (const padding of ['=', '==', '===']) assertRefused(cursor + padding, 'padded')
      const last = ALPHABET.indexOf(cursor.at(-1) as string)
      for (let spare = 1; spare < 4; spare += 1) {
        assertRefused(cursor.slice(0, -1) + ALPHABET[last ^ spare], `spare bits ${spare}`)
      }
    }
    const place = Uint8Array.from({ length: 200 }, (_, index) => index)
    const cursor = sealCursor(KEYS, 'listing', 'account', place)
    assert.match(cursor, /[-_]/, 'has a character in which the alphabets differ')
    assertRefused(cursor.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
  })

  it('two halves of different cursors', () => {
    const other = sealCursor(KEYS, 'listing', 'account', Buffer.from('another, same size!'))
    assert.equal(other.length, CURSOR.length)
    for (let at = 1; at < CURSOR.length; at += 1) {
      const spliced = CURSOR.slice(0, at) + other.slice(at)
      if (spliced !== CURSOR && spliced !== other) assertRefused(spliced, `spliced at ${at}`)
    }
  })
})

describe('what was never a cursor is refused:', () => {
  it('any text', () => {
    const units = fc.array(fc.nat(0xffff), { maxLength: 200 })
    fc.assert(fc.property(units, (codes) => assertRefused(String.fromCharCode(...codes), 'text')))
  })

  it('any bytes in base64url, also with a right beginning', () => {
    const head = Buffer.from(CURSOR, 'base64url').subarray(0, 5)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        assertRefused(Buffer.from(bytes).toString('base64url'), 'garbage')
        assertRefused(Buffer.concat([head, bytes]).toString('base64url'), 'garbage behind a right head')
      }),
    )
  })

  it('a text of more than 1,024 characters, without a look', () => {
    const long = sealCursor(KEYS, 'listing', 'account', new Uint8Array(748))
    assert.equal(long.length, 1026)
    assertRefused(long, 'too long')
    const longest = sealCursor(KEYS, 'listing', 'account', new Uint8Array(747))
    assert.equal(longest.length, 1024)
    assert.ok(openCursor(KEYS, 'listing', 'account', longest))
    assert.equal(openCursor(KEYS, 'listing', 'account', 'A'.repeat(10_000_000)), undefined)
  })

  it('nothing at all', () => assertRefused('', 'empty'))
})

describe('cursor keys', () => {
  it('open what an earlier key sealed, after a rotation', () => {
    const rotated: CursorKeys = { current: keyOf(2), all: [keyOf(2), keyOf(1)] }
    assert.deepEqual(openCursor(rotated, 'listing', 'account', CURSOR), Buffer.from(PLACE))
    assert.notEqual(sealCursor(rotated, 'listing', 'account', PLACE), CURSOR, 'the new one seals')
  })

  it('refuse what a key sealed that is gone', () => {
    assert.equal(openCursor(only(keyOf(2)), 'listing', 'account', CURSOR), undefined)
    assert.equal(openCursor({ current: keyOf(2), all: [] }, 'listing', 'account', CURSOR), undefined)
  })

  it('refuse a cursor with the name of one key and the seal of another', () => {
    const two: CursorKeys = { current: keyOf(2), all: [keyOf(1), keyOf(2)] }
    const sealed = Buffer.from(CURSOR, 'base64url')
    const named = Buffer.from(sealCursor(two, 'listing', 'account', PLACE), 'base64url')
    named.copy(sealed, 1, 1, 5)
    assert.equal(openCursor(two, 'listing', 'account', sealed.toString('base64url')), undefined)
  })

  it('have names that differ and tell nothing of the secret', () => {
    assert.match(cursorKeyName(keyOf(1)), /^[0-9a-f]{8}$/)
    assert.notEqual(cursorKeyName(keyOf(1)), cursorKeyName(keyOf(2)))
    assert.ok(
      !Buffer.from(keyOf(1).secret)
        .toString('hex')
        .includes(cursorKeyName(keyOf(1))),
    )
  })
})

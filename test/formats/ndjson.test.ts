import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { splitLines } from '../../src/formats/ndjson.ts'
import { MAX_RECORD_BYTES } from '../../src/formats/record.ts'
import { collectWorded, cut, sizes, stream, type Worded, watched } from './chunks.ts'

const linesOf = (...pieces: (Uint8Array | string)[]) => collectWorded(splitLines(stream(...pieces)))
const line = (place: number, text: string): Worded => ({ unit: 'line', place, text })
const fault = (place: number, what: string): Worded => ({ unit: 'line', place, fault: what })

/** What the splitter must give, read off the whole text. */
function naively(text: string): Worded[] {
  return text
    .split('\n')
    .map((each, index) => line(index + 1, each.replace(/^\ufeff/, '')))
    .filter((record) => record.text?.trim() !== '')
}

describe('splitting lines', () => {
  const cases: [what: string, text: string, lines: [place: number, text: string][]][] = [
    ['nothing', '', []],
    ['one line without a newline', '{"a":1}', [[1, '{"a":1}']]],
    ['one line with a newline', '{"a":1}\n', [[1, '{"a":1}']]],
    [
      'several lines, the last without a newline',
      '1\n2\n3',
      [
        [1, '1'],
        [2, '2'],
        [3, '3'],
      ],
    ],
    [
      'blank lines, which count',
      '\n1\n\n \t\n2\n\n',
      [
        [2, '1'],
        [5, '2'],
      ],
    ],
    ['blank lines only', '\n\r\n  \n', []],
    [
      'CRLF, which JSON takes for white space',
      '1\r\n\r\n2\r\n',
      [
        [1, '1\r'],
        [3, '2\r'],
      ],
    ],
    [
      'a byte order mark',
      '\ufeff{"a":1}\n{"b":2}',
      [
        [1, '{"a":1}'],
        [2, '{"b":2}'],
      ],
    ],
    ['a byte order mark alone', '\ufeff\n1', [[2, '1']]],
    [
      'line separators of Unicode, which end no line',
      '"a\u2028b\u0085c"\n2',
      [
        [1, '"a\u2028b\u0085c"'],
        [2, '2'],
      ],
    ],
    ['a carriage return alone, which ends no line', '1\r2', [[1, '1\r2']]],
  ]
  for (const [what, text, lines] of cases) {
    it(`takes ${what}`, async () => {
      const expected = lines.map(([place, each]) => line(place, each))
      assert.deepEqual(await linesOf(text), expected)
      assert.deepEqual(await linesOf(...cut(Buffer.from(text), [1])), expected)
    })
  }

  it('equals a naive split, for any text cut anywhere', async () => {
    const character = fc.constantFrom(
      '\n',
      '\n',
      '\r',
      ' ',
      '\ufeff',
      'a',
      '{',
      '"',
      'é',
      '漢',
      '😀',
      '\u2028',
      '\0',
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: character, maxLength: 60 }), sizes, async (text, each) => {
        assert.deepEqual(await linesOf(...cut(Buffer.from(text), each)), naively(text))
      }),
      { numRuns: 500 },
    )
  })

  it('gives the lines of a chunk together, and none before it has come', async () => {
    const seen: number[] = []
    for await (const records of splitLines(stream('1\n2\n3', '', '\n', '4'))) seen.push(records.length)
    assert.deepEqual(seen, [2, 1, 1])
  })
})

describe('chunks that are given back', () => {
  it('are not looked at when the next one is asked for, nor are their lines', async () => {
    async function* lent(text: string, each: number[]) {
      for (const chunk of cut(Buffer.from(text), each)) {
        const own = new Uint8Array(chunk)
        yield own
        own.fill(0x78)
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-c\n]{0,60}$/), sizes, async (text, each) => {
        assert.deepEqual(await collectWorded(splitLines(lent(text, each))), naively(text))
      }),
      { numRuns: 500 },
    )
  })
})

describe('a line that cannot be taken', () => {
  it('tells bytes that are no UTF-8, and costs no other line', async () => {
    const bad = [
      Buffer.from([0xff]),
      Buffer.from([0x22, 0xc3, 0x22]),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from([0xc0, 0xaf]),
      Buffer.from([0xf5, 0x80, 0x80, 0x80]),
    ]
    for (const bytes of bad) {
      const whole = Buffer.concat([Buffer.from('"é"\n'), bytes, Buffer.from('\n"漢"')])
      for (const size of [1, 2, 100]) {
        const lines = await linesOf(...cut(whole, [size]))
        assert.deepEqual(lines, [line(1, '"é"'), fault(2, 'is not UTF-8'), line(3, '"漢"')])
      }
    }
  })

  it('tells a character cut off by the end of the input', async () => {
    assert.deepEqual(await linesOf('1\n', Buffer.from('é').subarray(0, 1)), [
      line(1, '1'),
      fault(2, 'is not UTF-8'),
    ])
  })

  const TOO_LONG = `is longer than ${MAX_RECORD_BYTES} bytes`
  const mebibyte = Buffer.alloc(1024 * 1024, 'x')
  const ofBytes = (bytes: number) => [
    ...Array.from({ length: Math.floor(bytes / mebibyte.length) }, () => mebibyte),
    mebibyte.subarray(0, bytes % mebibyte.length),
  ]

  it('skips one that is too long, and reads the next', async () => {
    const [first, second, third] = await linesOf('1\n', ...ofBytes(MAX_RECORD_BYTES + 1), '\n', '3\n')
    assert.deepEqual([first, second, third], [line(1, '1'), fault(2, TOO_LONG), line(3, '3')])
  })

  it('takes one of exactly the limit', async () => {
    const [only, next] = await linesOf(...ofBytes(MAX_RECORD_BYTES), '\n2')
    assert.deepEqual([only?.place, only?.text?.length, next], [1, MAX_RECORD_BYTES, line(2, '2')])
  })

  it('tells one that is too long at the end of the input, or in one chunk', async () => {
    const whole = Buffer.concat([...ofBytes(MAX_RECORD_BYTES + 1), Buffer.from('\n2')])
    assert.deepEqual(await linesOf(whole), [fault(1, TOO_LONG), line(2, '2')])
    assert.deepEqual(await linesOf(whole.subarray(0, -2)), [fault(1, TOO_LONG)])
  })

  it('holds no more of it than the limit', async () => {
    const { chunks, outcome } = watched('', 40, '\n2', MAX_RECORD_BYTES / mebibyte.length + 1)
    assert.deepEqual(await collectWorded(splitLines(chunks)), [fault(1, TOO_LONG), line(2, '2')])
    assert.ok(outcome.held <= 1, `${outcome.held} chunks beyond the limit are held`)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ApiError } from '../../src/http/errors.ts'
import { BatchSplitter } from '../../src/http/routes/batch-splitter.ts'

/** The elements of a body that comes in chunks of so many bytes, or what it is refused with. */
function split(body: string | Uint8Array, size: number): unknown {
  const bytes = Buffer.from(body as string)
  let elements: unknown[] = []
  const splitter = new BatchSplitter({
    begin: () => {
      elements = []
    },
    recognises: () => false,
    element: (parsed) => elements.push(parsed?.value),
  })
  try {
    for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size))
    splitter.finish()
    return elements
  } catch (error) {
    const { description, fields } = (error as ApiError).details
    return description ?? fields?.[0]?.name
  }
}

/** What JSON.parse makes of it. */
function whole(body: string): unknown {
  try {
    const list = JSON.parse(body.replace(/^\ufeff/, ''))?.interactions
    return Array.isArray(list) ? list : 'interactions'
  } catch {
    return 'not JSON'
  }
}

const BODIES = [
  '{"interactions":[]}',
  ' \ufeff{"interactions":[]}',
  '\ufeff \n{"interactions": [ ] , "x":"\\"]}" }\t',
  '{"interactions":[1,"a,]}\\\\",{"a":[{},"\\""]},[[],[1]],null,-1.5e3]}',
  '{"a":[1,{"interactions":[2]}],"interactions":[3],"b":{"interactions":[4]}}',
  '{"interactions":[1],"interactions":[2,3]}',
  '{"interactions":[1],"interactions":4}',
  '{"interactions":4,"interactions":[1]}',
  '{"\\u0069nteractions":["é漢\u{1f600}"]}',
  '{"interactions":[1,]}',
  '{"interactions":[,1]}',
  '{"interactions":[1 2]}',
  '{"interactions":[1}',
  '{"interactions":[1]]',
  '{"interactions":[{"a":1]]}',
  '{"interactions":[\ufeff1]}',
  '{"interactions":[1]}{}',
  '{"interactions":[1],}',
  '{"interactions":[1] "a":2}',
  '{"interactions" [1]}',
  '{,"interactions":[1]}',
  '{"a":,"interactions":[1]}',
  '{"a":1],"interactions":[1]}',
  '{"a\n":1,"interactions":[1]}',
  '{interactions:[1]}',
  '{"interactions":[1]',
  '{"interactions":[1',
  '{"interactions":["1',
  '{}',
  '',
  ' ',
  '[]',
  '[1,2',
  'null',
  '"{"',
]

describe('splitting a batch', () => {
  it('gives what JSON.parse gives, however the body is cut, and refuses what it refuses', () => {
    for (const body of BODIES) {
      const expected = whole(body)
      for (const size of [1, 2, 3, 7, 1000]) {
        const got = split(body, size)
        if (expected === 'not JSON') assert.match(String(got), /^The body is not JSON/, body)
        else assert.deepEqual(got, expected, body)
      }
    }
  })

  it('tells the place of a fault as it is in the whole body', () => {
    const rows: [body: string, told: string][] = [
      ['{"é":"\u{1f600}","interactions":[1]]', 'The body is not JSON (at character 29).'],
      ['{"interactions":[1,]}', 'The body is not JSON (at character 20).'],
      ['{"interactions":[1]', 'The body is not JSON (it ends in the middle).'],
    ]
    for (const [body, told] of rows) for (const size of [1, 1000]) assert.equal(split(body, size), told)
  })

  it('refuses bytes that are no UTF-8, wherever they stand', () => {
    for (const body of ['{"\xff":1}', '{"interactions":["\xff"]}', '\xef{"interactions":[]}']) {
      assert.equal(split(Buffer.from(body, 'latin1'), 1), 'The body is not UTF-8.')
    }
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readRecord } from '../../src/ingest/ingest.ts'
import { hasTooManyParts, MAX_PARTS } from '../../src/ingest/parts.ts'

describe('the parts of a text', () => {
  it('may be as many as the limit, arrays and objects together', () => {
    for (const part of ['[', '{', '[{']) {
      const most = part.repeat(MAX_PARTS / part.length)
      assert.ok(!hasTooManyParts(`${most}]}1,"x":`))
      assert.ok(hasTooManyParts(`${most}[`))
      assert.ok(hasTooManyParts(`${most}{`))
    }
  })

  it('are nothing else: a long text of few is no matter', () => {
    assert.ok(!hasTooManyParts('x'.repeat(2 * MAX_PARTS)))
    assert.ok(!hasTooManyParts(''))
  })

  it('are told before the text is parsed', () => {
    const reading = readRecord(
      { unit: 'line', place: 3, bytes: Buffer.from(`[${'[],'.repeat(MAX_PARTS)}`) },
      false,
    )
    const fields = [{ name: '', description: 'has more than 1000000 arrays and objects' }]
    assert.deepEqual(reading, {
      ok: false,
      problem: { unit: 'line', place: 3, id: undefined, reason: 'invalid', fields },
    })
  })
})

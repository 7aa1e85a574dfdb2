import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Record } from '../../src/formats/record.ts'
import { splitTalkdesk } from '../../src/formats/talkdesk.ts'
import { ingest, readRecord } from '../../src/ingest/ingest.ts'
import { type Counts, redactorOf } from '../../src/interaction/redact/redactor.ts'
import { KINDS } from '../../src/interaction/redact/settings.ts'
import { collect, cut, stream } from '../formats/chunks.ts'
import { storedText, storeOfSuite } from './open-store.ts'

const FOLDER = new URL('../../../shared/corpora/', import.meta.url)
const FILES: [name: string, interactions: number][] = [
  ['harper-valley.ndjson', 2],
  ['multidogo.ndjson.gz', 7230],
  ['star.ndjson.gz', 945],
]

async function recordsOf(name: string): Promise<Record[]> {
  const bytes = readFileSync(new URL(name, FOLDER))
  const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes
  return collect(splitTalkdesk(stream(...cut(plain, [65_536])), name))
}

/** The one thing that is kept otherwise than it came: null, where a name should be. */
function normalised(text: string | undefined) {
  const value = JSON.parse(text ?? '')
  if (value.ring_groups) value.ring_groups = value.ring_groups.filter((name: unknown) => name !== null)
  return value
}

const nothing = await redactorOf({ kinds: [], patterns: [] })
const everything = await redactorOf({ kinds: KINDS, patterns: [] })

/** What is redacted in each, with all kinds: docs/explanation/redaction.md tells of these figures. */
const REDACTED: { readonly [name: string]: Counts } = {
  'harper-valley.ndjson': {},
  'multidogo.ndjson.gz': { card: 48, phone: 356, ssn: 35 },
  'star.ndjson.gz': {},
}

describe('real conversations', () => {
  const freshAccount = storeOfSuite()

  for (const [name, interactions] of FILES) {
    const absent = existsSync(new URL(name, FOLDER)) ? false : `${name} is not in ../shared/corpora`

    it(`of ${name} are read without a problem, and kept as they came`, { skip: absent }, async () => {
      const records = await recordsOf(name)
      assert.equal(records.length, interactions)
      for (const record of records) {
        const reading = readRecord(record, false, { redactor: nothing, counts: {} })
        assert.ok(reading.ok, `line ${record.place}: ${JSON.stringify(reading)}`)
        assert.deepEqual(
          JSON.parse(reading.draft.json),
          normalised(String(record.bytes)),
          `line ${record.place}`,
        )
      }
    })

    it(`of ${name} are redacted by kind`, { skip: absent }, async () => {
      const counts: Counts = {}
      for (const record of await recordsOf(name)) readRecord(record, false, { redactor: everything, counts })
      assert.deepEqual(counts, REDACTED[name])
    })

    it(`of ${name} come out of a store as they went in`, { skip: absent }, async () => {
      const { store, account } = await freshAccount()
      const records = (await recordsOf(name)).slice(0, 500)
      async function* input() {
        yield records
      }
      const onRejected = () => assert.fail('was rejected')
      const options = { keepUnknownValues: false, onRejected }
      const counts = { place: records.length, updated: 0, rejected: 0 }
      const created = await ingest(store, account, input(), options)
      assert.deepEqual(created, { ...counts, created: records.length, unchanged: 0 })
      for (const { bytes } of records) {
        const value = normalised(String(bytes))
        assert.deepEqual(JSON.parse((await storedText(store, account, value.id)) ?? ''), value)
      }
      const again = await ingest(store, account, input(), options)
      assert.deepEqual(again, { ...counts, created: 0, unchanged: records.length })
    })
  }
})

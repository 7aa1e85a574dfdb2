import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, message } from './support.ts'

const server = await startServer({ after })

/**
 * A document with a property of this name, in it, in a message and in a property of its own; its numbers are `value`. Another of
 * the name `shape` stands before each, so that those of one shape follow nothing that others made V8 expect.
 */
function named(id: string, shape: string, name: string, value: string): string {
  const own = { [shape]: 0, [name]: 'NUMBER' }
  const document = interaction(id, { messages: [message('m', own)], ...own, own: { deeper: own } })
  return JSON.stringify(document).replaceAll('"NUMBER"', value)
}

const LINES = { 'content-type': 'application/x-ndjson' }
const JSON_TYPE = { 'content-type': 'application/json' }
/** Ways to send one document, whose id is `id`. */
const WAYS: Record<string, (id: string, text: string) => [path: string, ask: Ask]> = {
  'by itself': (id, text) => [`/v1/interactions/${id}`, { method: 'PUT', headers: JSON_TYPE, body: text }],
  'in a batch': (_, text) => [
    '/v1/interactions',
    { method: 'POST', headers: JSON_TYPE, body: `{"interactions":[${text}]}` },
  ],
  'in a line': (_, text) => ['/v1/interactions', { method: 'POST', headers: LINES, body: text }],
}

// V8 takes a name for one that an object like it had before: see interaction/parse-json.ts.
for (const [way, sent] of Object.entries(WAYS)) {
  test(`the names of one account's properties are not read into another's, sent ${way}`, async () => {
    const [a, b] = [await createAccess(server), await createAccess(server)]
    for (const value of ['1', '1.0']) {
      for (const [access, name] of [
        [a, '\\'],
        [b, '"'],
        [a, 'secret\\'],
        [b, 'secret"'],
      ] as const) {
        const shape = `${way} ${value} ${name.slice(0, -1)}`
        const id = Buffer.from(`${shape} ${name}`).toString('hex')
        const [path, options] = sent(id, named(id, shape, name, value))
        const { token } = access
        const written = await ask(server, path, { ...options, token })
        assert.ok(written.status < 300, written.text)
        const { text } = await ask(server, `/v1/interactions/${id}`, { token })
        assert.equal(text.split(`${JSON.stringify(name)}:${value}`).length, 4, text)
      }
    }
  })
}

for (const [way, sent] of Object.entries(WAYS)) {
  test(`what has too many escaped names, or is nested without end, is told so, sent ${way}`, async () => {
    const { token } = await createAccess(server)
    const names = Array.from({ length: 10_001 }, (_, n) => `"\\"${n}":1`).join(',')
    for (const [property, told] of [
      [`"own":{${names}}`, /10000 names of properties that are written with escapes/],
      [`"\\"":${'['.repeat(50_000)}${']'.repeat(50_000)}`, /nested more than 32 levels deep/],
    ] as const) {
      const text = JSON.stringify(interaction('x')).replace(/}$/, `,${property}}`)
      const [path, options] = sent('x', text)
      const answer = await ask(server, path, { ...options, token })
      assert.ok(answer.status < 500, answer.text)
      assert.match(answer.text, told)
    }
  })
}

test("the names of one account's properties are not read into another's, in messages that are added", async () => {
  const [a, b] = [await createAccess(server), await createAccess(server)]
  for (const [{ token }, name] of [
    [a, '\\'],
    [b, '"'],
  ] as const) {
    await ask(server, '/v1/interactions/open', {
      ...{ method: 'PUT', token, headers: JSON_TYPE },
      body: JSON.stringify({ ...interaction('open'), ended_at: undefined }),
    })
    const added = JSON.stringify({ messages: [message('added', { [name]: 'NUMBER' })] }).replace(
      '"NUMBER"',
      '1.0',
    )
    const answer = await ask(server, '/v1/interactions/open/messages', {
      ...{ method: 'POST', token, headers: JSON_TYPE },
      body: added,
    })
    assert.ok(answer.status < 300, answer.text)
    const { text } = await ask(server, '/v1/interactions/open', { token })
    assert.ok(text.includes(`${JSON.stringify(name)}:1.0`), text)
  }
})

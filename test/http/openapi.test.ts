import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, describe, it } from 'node:test'
import { SCOPES } from '../../src/auth/scopes.ts'
import { openapiText } from '../../src/http/openapi.ts'
import { finishDocument } from '../../src/http/openapi-finish.ts'
import { startServer } from '../fixtures/server.ts'
import { Described, type Document, examplesOf } from './described.ts'
import { ask } from './support.ts'

const server = await startServer({ after })
const served = await ask(server, '/openapi.json')
const described = new Described(served.text)
const { document, operations } = described

describe('the OpenAPI document', () => {
  it('is what is committed, and the same each time it is made', async () => {
    const file = new URL('../../docs/reference/openapi.json', import.meta.url)
    assert.equal(`${served.text}\n`, await readFile(file, 'utf8'), 'stale: run npm run openapi')
    assert.equal(await openapiText(), `${served.text}\n`)
  })

  it('is served with a tag, compressed where that is accepted, for GET and HEAD only', async () => {
    assert.equal(served.headers['content-type'], 'application/json')
    const headers = { 'accept-encoding': 'gzip', 'if-none-match': served.headers.etag }
    assert.equal((await ask(server, '/openapi.json', { headers })).status, 304)
    const small = await ask(server, '/openapi.json', { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(small.headers['content-encoding'], 'gzip')
    assert.ok(small.bytes.length * 5 < served.bytes.length)
    assert.equal((await ask(server, '/openapi.json', { method: 'POST' })).status, 405)
  })

  it('is OpenAPI 3.1 without anything of this machine', () => {
    assert.equal(document.openapi, '3.1.0')
    assert.doesNotMatch(served.text, /127\.0\.0\.1|localhost/)
    const hosts = [...served.text.matchAll(/https?:\/\/([^/"\\]+)/g)].map(([, host]) => host)
    assert.deepEqual([...new Set(hosts)], ['parlance.example.com'])
  })

  it('names each schema once, and has no reference that leads nowhere', () => {
    for (const [, reference] of served.text.matchAll(/"\$ref": "([^"]+)"/g))
      described.resolve({ $ref: reference })
    assert.doesNotMatch(JSON.stringify([document.paths, document.components]), /"title":/)
    const { schemas = {} } = document.components
    for (const name of [
      'Interaction',
      'Message',
      'Agent',
      'Page',
      'Error',
      'Field',
      'WriteResult',
      'Token',
    ]) {
      assert.ok(schemas[name], name)
      assert.ok(served.text.includes(`#/components/schemas/${name}"`), `${name} is used`)
    }
  })

  it('names and places every operation, and says who may call it', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    assert.equal(new Set(ids).size, operations.length)
    const tags = document.tags.map(({ name }) => name)
    for (const { path, operation } of operations) {
      assert.ok(operation.summary, path)
      assert.deepEqual(
        operation.tags.filter((tag) => !tags.includes(tag)),
        [],
      )
      const open = /^\/(healthz|readyz|metrics|oauth|\.well-known)/.test(path)
      const scopes = operation.security.flatMap(({ bearer, oauth2 }) => bearer ?? oauth2 ?? [])
      assert.equal(scopes.length, open ? 0 : 2, path)
      for (const scope of scopes) assert.ok(Object.hasOwn(SCOPES, scope), scope)
    }
  })

  it('shows every parameter, body and answer by an example that fits its schema', () => {
    for (const { path, method, operation } of operations) {
      const bodies = Object.entries(operation.requestBody?.content ?? {})
      const answers = described
        .responsesOf(operation)
        .flatMap(([, { content }]) => Object.entries(content ?? {}))
      const parameters = (operation.parameters ?? []).map((each) => [each.name, each] as const)
      for (const [name, media] of [...bodies, ...answers, ...parameters]) {
        const where = `${method} ${path}: ${name}`
        const examples = examplesOf(media)
        assert.ok(examples.length > 0, `${where} has no example`)
        for (const example of examples) {
          described.assertFits(media, example, where)
        }
      }
      for (const { description } of operation.parameters ?? []) assert.ok(description)
    }
  })

  it('tells every error that a call with a token may end in, and the headers', () => {
    for (const { path, operation } of operations) {
      const responses = described.responsesOf(operation)
      for (const [, { headers, description }] of responses) {
        assert.ok(headers['X-Request-Id'] && description, path)
      }
      if (operation.security.length < 2 || operation.security.some(({ client }) => client)) continue
      const statuses = responses.map(([status]) => status)
      for (const status of ['400', '401', '403', '429', '500', '503'])
        assert.ok(statuses.includes(status), path)
      const found = Object.fromEntries(responses)
      assert.ok(found[401]?.headers['WWW-Authenticate'] && found[403]?.headers['WWW-Authenticate'])
      assert.ok(found[429]?.headers['Retry-After'] && found[503]?.headers['Retry-After'])
      assert.ok((found[200] ?? found[202])?.headers['RateLimit-Remaining'])
    }
  })
})

describe('finishDocument', () => {
  const frame = {
    components: { securitySchemes: { bearer: {}, oauth2: {}, client: {} } },
    paths: { '/a': { get: { security: [{ bearer: ['x'] }], responses: {} } } },
  }

  it('leaves out how tokens are got where the deployment gives out none', () => {
    const finished = finishDocument({ openapiObject: frame }) as Document
    assert.deepEqual(Object.keys(finished.components.securitySchemes ?? {}), ['bearer'])
    assert.deepEqual(finished.security, [{ bearer: [] }])
    assert.deepEqual(finished.paths['/a']?.get?.security, [{ bearer: ['x'] }])
  })

  it('refuses two schemas of one name', () => {
    const response = (type: string) => ({ content: { 'application/json': { schema: { title: 'A', type } } } })
    const paths = { '/a': { get: { responses: { 200: response('string'), 201: response('number') } } } }
    assert.throws(() => finishDocument({ openapiObject: { ...frame, paths } }), /title A/)
  })
})

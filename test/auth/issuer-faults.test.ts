import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../../src/store/errors.ts'
import type { Store } from '../../src/store/store.ts'
import { ASSERTION_TYPE, askToken, assertion, basic, createClients, startServer } from './oauth-support.ts'
import { createAccount, createSecretClient, openTestStore } from './support.ts'

const FAULTS: [string, Error, number, string][] = [
  ['a store that is away', new StoreUnavailable('locked by /var/secret'), 503, 'temporarily_unavailable'],
  ['anything else', new Error('bug in /var/secret'), 500, 'server_error'],
]
for (const [name, fault, status, error] of FAULTS) {
  for (const method of ['getClient', 'useAssertion', 'listKeys'] as const) {
    test(`tells nothing of the inside when ${method} meets ${name}`, async (t) => {
      const whole = await openTestStore(t)
      const broken = { now: false }
      const store: Store = {
        ...whole,
        [method]: (...args: never[]) => {
          if (broken.now) return Promise.reject(fault)
          return (whole[method] as (...args: never[]) => unknown)(...args)
        },
      }
      const server = await startServer(t, { store })
      const { ec } = await createClients(store)
      broken.now = true
      if (method === 'listKeys') t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 })
      const form = {
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await assertion(ec, server.url),
      }
      const { body, headers, ...answer } = await askToken(server.url, form)
      assert.deepEqual([answer.status, body.error], [status, error])
      assert.equal(JSON.stringify(body).includes('/var/secret'), false)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('retry-after'), status === 503 ? '1' : null)
      const logged = server.lines.filter(({ level }) => level === 50)
      assert.equal(logged.length, 1)
      assert.match(JSON.stringify(logged[0]?.err), /\/var\/secret/)
    })
  }
}

test('the log tells why a token was refused, and no secret', async (t) => {
  const server = await startServer(t)
  const client = await createSecretClient(server.store, await createAccount(server.store))
  await askToken(server.url, {}, { authorization: basic({ ...client, clientSecret: 'my-wrong-secret' }) })
  const line = server.lines.find(({ msg }) => msg === 'a token was refused')
  assert.equal(line?.reason, 'invalid secret provided')
  assert.equal(line?.client, client.clientId)
  assert.equal(JSON.stringify(server.lines).includes('my-wrong-secret'), false)
})

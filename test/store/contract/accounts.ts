import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SharedStore } from './driver.ts'

export function accountContract(shared: SharedStore): void {
  describe('accounts', () => {
    test('an account is created once, and the second attempt changes nothing', async () => {
      const { store } = shared
      const account = { accountId: 'acme', name: 'Acme', createdAt: 1_700_000_000_123 }
      assert.equal(await store.createAccount(account), true)
      assert.equal(await store.createAccount({ ...account, name: 'Another', createdAt: 5 }), false)
      assert.deepEqual(await store.getAccount('acme'), account)
    })

    test('of many that create one account at once, one does', async () => {
      const { store } = shared
      const attempts = Array.from({ length: 10 }, (_, n) =>
        store.createAccount({ accountId: 'raced', name: `by ${n}`, createdAt: n }),
      )
      const created = await Promise.all(attempts)
      assert.equal(created.filter(Boolean).length, 1)
      assert.equal((await store.getAccount('raced'))?.name, `by ${created.indexOf(true)}`)
    })

    test('an unknown account is undefined', async () => {
      assert.equal(await shared.store.getAccount('nobody'), undefined)
    })

    test('renaming tells whether there was such an account, and touches no other', async () => {
      const { store } = shared
      const [one, other] = [await shared.account(), await shared.account()]
      assert.equal(await store.renameAccount(one, 'Zürich 🏔'), true)
      assert.equal((await store.getAccount(one))?.name, 'Zürich 🏔')
      assert.equal((await store.getAccount(other))?.name, 'An account')
      assert.equal(await store.renameAccount('nobody', 'Somebody'), false)
      assert.equal(await store.getAccount('nobody'), undefined)
    })

    test('settings are kept with the account, replaced as a whole, and touch no other', async () => {
      const { store } = shared
      const [one, other] = [await shared.account(), await shared.account()]
      const redaction = { kinds: ['card', 'iban'], patterns: [{ name: 'Ä', pattern: '"\\\\d\'' }] } as const
      assert.equal((await store.getAccount(one))?.redaction, undefined)
      assert.equal(await store.setAccountSettings(one, { redaction }), true)
      assert.deepEqual((await store.getAccount(one))?.redaction, redaction)
      const listed = (await store.listAccounts()).filter(({ accountId }) => [one, other].includes(accountId))
      assert.deepEqual(
        new Map(listed.map((account) => [account.accountId, account.redaction])),
        new Map([
          [one, redaction],
          [other, undefined],
        ]),
      )
      await store.renameAccount(one, 'Renamed')
      assert.deepEqual((await store.getAccount(one))?.redaction, redaction)
      assert.equal(await store.setAccountSettings(one, {}), true)
      assert.equal((await store.getAccount(one))?.redaction, undefined)
      assert.equal(await store.setAccountSettings('nobody', { redaction }), false)
      assert.equal(await store.getAccount('nobody'), undefined)
    })

    test('an account may be created with settings', async () => {
      const { store } = shared
      const redaction = { kinds: [], patterns: [] } as const
      await store.createAccount({ accountId: 'with-settings', name: 'x', createdAt: 1, redaction })
      assert.deepEqual((await store.getAccount('with-settings'))?.redaction, redaction)
    })

    test('accounts are listed by creation, then id', async () => {
      const { store } = shared
      const given = [
        ['list-b', 20],
        ['list-a', 20],
        ['list-c', 10],
        ['list-B', 20],
      ] as const
      for (const [accountId, createdAt] of given) {
        await store.createAccount({ accountId, name: accountId, createdAt })
      }
      const listed = (await store.listAccounts()).filter(({ accountId }) => accountId.startsWith('list-'))
      const first = await store.listAccounts(2)
      assert.deepEqual(first, (await store.listAccounts()).slice(0, 2))
      assert.equal(first.length, 2)
      assert.deepEqual(listed, [
        { accountId: 'list-c', name: 'list-c', createdAt: 10 },
        { accountId: 'list-B', name: 'list-B', createdAt: 20 },
        { accountId: 'list-a', name: 'list-a', createdAt: 20 },
        { accountId: 'list-b', name: 'list-b', createdAt: 20 },
      ])
    })
  })
}

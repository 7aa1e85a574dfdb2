import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redactors, SETTINGS_REMEMBERED } from '../../src/ingest/redactors.ts'
import { KINDS } from '../../src/interaction/redact/settings.ts'
import { storeOfSuite } from './open-store.ts'

const accountOf = storeOfSuite()
const TEXT = '4111111111111111, jane@example.com'

test('settings are asked for anew when the time is over, and each account has its own', async () => {
  const { store, account: a } = await accountOf()
  const { account: b } = await accountOf()
  await store.setAccountSettings(b, { redaction: { kinds: KINDS, patterns: [] } })
  let now = 1000
  const redactors = new Redactors(store, () => now)
  const redacted = async (accountId: string) => (await redactors.of(accountId)).redact(TEXT, {})
  assert.equal(await redacted(a), '[CARD], jane@example.com')
  assert.equal(await redacted(b), '[CARD], [EMAIL]')

  await store.setAccountSettings(a, { redaction: { kinds: ['email'], patterns: [] } })
  now += SETTINGS_REMEMBERED - 1
  assert.equal(await redacted(a), '[CARD], jane@example.com')
  now += 1
  assert.equal(await redacted(a), '4111111111111111, [EMAIL]')
  assert.equal(await redacted(b), '[CARD], [EMAIL]')
})

test('patterns are compiled anew only when they change', async () => {
  const { store, account: a } = await accountOf()
  const redaction = { kinds: [], patterns: [{ name: 'P', pattern: 'x' }] }
  await store.setAccountSettings(a, { redaction })
  let now = 0
  const redactors = new Redactors(store, () => now)
  const first = await redactors.of(a)
  now += 2 * SETTINGS_REMEMBERED
  assert.equal(await redactors.of(a), first)
  await store.setAccountSettings(a, { redaction: { ...redaction, kinds: ['card'] } })
  now += 2 * SETTINGS_REMEMBERED
  assert.notEqual(await redactors.of(a), first)
})

test('where the settings cannot be used, there is no redactor', async () => {
  const { store, account } = await accountOf()
  await store.setAccountSettings(account, {
    redaction: { kinds: [], patterns: [{ name: 'P', pattern: '(' }] },
  })
  await assert.rejects(new Redactors(store, () => 0).of(account), /P is no pattern/)
})

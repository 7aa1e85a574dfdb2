import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from './support/process.ts'
import { runHere } from './support/run-here.ts'

test('an account says what is redacted, keeps what is not named, and refuses what cannot be', async (t) => {
  const database = `sqlite:${join(await temporaryDirectory(t), 'parlance.db')}`
  const run = (...argv: string[]) => runHere([...argv, '--database', database])
  const set = (...options: string[]) => run('account', 'set', 'acme', ...options)
  const redaction = async () =>
    JSON.parse((await run('account', 'list', '--json')).stdout).accounts[0].redaction
  await run('account', 'create', 'Acme', '--id', 'acme')
  assert.deepEqual(await redaction(), { kinds: ['card'], patterns: [] })

  const policy = { name: 'POLICY', pattern: 'AB=\\d{6}' }
  const changed = await set('--redact', 'card,email', '--redact-pattern', 'POLICY=AB=\\d{6}')
  assert.deepEqual([changed.code, changed.stdout], [0, ''])
  assert.match(changed.stderr, /acme stores: card, email, POLICY/)
  assert.deepEqual(await redaction(), { kinds: ['card', 'email'], patterns: [policy] })

  assert.deepEqual(JSON.parse((await set('--redact', 'none', '--json')).stdout), {
    account_id: 'acme',
    redaction: { kinds: [], patterns: [policy] },
  })
  await set('--name', 'Other')
  assert.deepEqual(await redaction(), { kinds: [], patterns: [policy] })
  await set('--redact-pattern', 'none')
  assert.deepEqual(await redaction(), { kinds: [], patterns: [] })

  const wrong: [option: string, value: string, says: RegExp][] = [
    ['--redact', 'card,names', /--redact: "names" is none of iban, card, email, ssn, phone, none/],
    ['--redact', '', /--redact: "" is none of/],
    ['--redact-pattern', 'POLICY', /NAME=REGEX/],
    ['--redact-pattern', 'policy=x', /"policy" cannot name/],
    ['--redact-pattern', 'POLICY=(x', /POLICY is no pattern of RE2: .*missing closing/],
    ['--redact-pattern', 'POLICY=x*', /POLICY matches the empty string/],
  ]
  for (const [option, value, says] of wrong) {
    const { code, stdout, stderr } = await set(option, value)
    assert.deepEqual([code, stdout], [2, ''], value)
    assert.match(stderr, says)
  }
  assert.deepEqual(await redaction(), { kinds: [], patterns: [] })
})

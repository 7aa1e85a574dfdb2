import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../../src/store/open.ts'
import { interaction, message } from '../http/support.ts'
import { storedText } from '../ingest/open-store.ts'
import { temporaryDirectory } from './support/process.ts'
import { runHere } from './support/run-here.ts'

test('import redacts what the account says, and tells how much', async (t) => {
  const directory = await temporaryDirectory(t)
  const database = `sqlite:${join(directory, 'parlance.db')}`
  const run = (...argv: string[]) => runHere([...argv, '--database', database])
  await run('account', 'create', 'Acme', '--id', 'acme')
  await run('account', 'set', 'acme', '--redact', 'card,email')
  const text =
    '4111111111111111 or five five five five five five five five five five five five four four four four'
  const item = interaction('i', {
    messages: [message('m', { text }), message('n', { text: 'a@example.com' })],
  })
  const file = join(directory, 'one.ndjson')
  await writeFile(file, JSON.stringify(item))

  const imported = await run('import', file, '--account', 'acme')
  assert.equal(imported.code, 0)
  assert.match(imported.stderr, /Redacted: 2 card, 1 email\./)
  assert.doesNotMatch(imported.stdout + imported.stderr, /4111|example/)

  const store = await openStore(database)
  const kept = await storedText(store, 'acme', 'i')
  await store.close()
  assert.match(kept ?? '', /"\[CARD\] or \[CARD\]".*"\[EMAIL\]"/)
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { cleanUp, temporaryDirectory } from '../store/sqlite/support.ts'

const SCRIPT = fileURLToPath(new URL('fixtures/limited-lines.ts', import.meta.url))

test('a line that a full disk has broken off is written again, whole, and the next file has none of it', async (t) => {
  const file = join(await temporaryDirectory(t), 'audit.log')
  // The shell allows files of 1024 bytes; the process ignores the signal, and its write is cut short, then fails.
  const child = spawn(
    'bash',
    ['-c', `trap '' XFSZ; ulimit -f 1; exec "$0" "$@"`, process.execPath, SCRIPT, file],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  cleanUp(t, () => child.kill('SIGKILL'))
  const told: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => told.push(text))
  assert.deepEqual(await once(child, 'exit'), [0, null])
  assert.deepEqual(JSON.parse(told.join('')), { written: 10, lost: 0, failures: ['EFBIG'] })
  const old = readFileSync(`${file}.1`, 'utf8')
  assert.equal(old.length, 1024)
  const whole = old.split('\n').slice(0, -1)
  assert.equal(whole.length, 6)
  const next = readFileSync(file, 'utf8').split('\n')
  assert.deepEqual(
    [...whole, ...next.slice(0, -1)].map((line) => JSON.parse(line).n),
    Array.from({ length: 10 }, (_, n) => n),
  )
})

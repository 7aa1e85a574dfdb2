import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { createIssuer } from '../auth/issuer.ts'
import { openKeyring } from '../auth/keyring.ts'
import { createVerifier } from '../auth/verify.ts'
import { readConfig } from '../config.ts'
import { openStore } from '../store/open.ts'
import { buildApp } from './app.ts'

const FILE = new URL('../../docs/reference/openapi.json', import.meta.url)

/** The OpenAPI document as the server with the default settings serves it, made on a store that is gone again. */
export async function openapiText(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parlance-openapi-'))
  const config = readConfig({ database: `sqlite:${join(directory, 'parlance.db')}` }, {})
  const store = await openStore(config.database)
  try {
    const { region, ownTokens, outsideIssuer } = config
    const publicUrl = () => 'http://localhost'
    const keyring = await openKeyring(store, config.masterKey, Date.now)
    const verify = createVerifier({ store, keyring, publicUrl, region, ownTokens, outsideIssuer })
    const issuer = await createIssuer({ store, keyring, publicUrl, region })
    const logger = pino({ level: 'silent' })
    const app = await buildApp({ config, store, keyring, verify, issuer, publicUrl, now: Date.now, logger })
    const { body } = await app.inject('/openapi.json')
    await app.close()
    return `${body.trimEnd()}\n`
  } finally {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** `--write` makes the committed document; `--check` exits 1 where it is not what the server serves. */
async function main(mode: string | undefined): Promise<number> {
  if (mode !== '--write' && mode !== '--check') {
    console.error('Usage: node src/http/openapi.ts --write | --check')
    return 2
  }
  const text = await openapiText()
  if (mode === '--write') {
    await writeFile(FILE, text)
    return 0
  }
  const committed = await readFile(FILE, 'utf8').catch(() => '')
  if (committed === text) return 0
  const line = firstDifference(committed, text)
  console.error(`docs/reference/openapi.json is stale from line ${line} on. Run: npm run openapi`)
  return 1
}

function firstDifference(before: string, after: string): number {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return now.findIndex((line, index) => line !== old[index]) + 1
}

if (import.meta.main) {
  process.exitCode = await main(process.argv[2])
}

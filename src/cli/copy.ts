import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { DatabaseOptions } from '../config.ts'
import { type Copied, copyStore } from '../copy/copy.ts'
import { fileOf, openStoreAsItIs } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { CommandError, type Context, configOf, jsonOption, withSettings } from './command.ts'
import { progressOn } from './progress.ts'

export function copyCommand(command: Command, context: Context): void {
  jsonOption(
    command
      .requiredOption('--from <url>', 'the store to copy: sqlite:FILE or postgres://USER@HOST/NAME')
      .requiredOption(
        '--to <url>',
        'an empty store (on PostgreSQL a migrated one), or one into which a copy was begun',
      ),
  ).addHelpText(
    'after',
    '\nCopies accounts, clients, keys, interactions and their revisions, then reads both stores\n' +
      'and compares them byte by byte. Tokens, links and cursors given out before work after it.\n' +
      'Interrupted, it goes on where it was when it is run again; until it has ended nothing else\n' +
      'opens the target. The source may be served meanwhile; at the end nobody may write to it.',
  )
  withSettings(command, ['databasePasswordFile']).action(async (options) => {
    const { output } = context
    const { databaseOptions } = configOf(options, context)
    await using from = closing(await openSource(options.from, databaseOptions))
    await using to = closing(await openStoreAsItIs(options.to, databaseOptions))
    const progress = progressOn(output)
    const copied = await copyStore(from.store, to.store, { onProgress: progress.update }).finally(() =>
      progress.end(),
    )
    if (options.json === true) output.json(copied)
    else output.line(textOf(to.store.location, copied))
  })
}

/** Opening an embedded store creates it; a source must be there. */
async function openSource(url: string, options: DatabaseOptions): Promise<Store> {
  const file = fileOf(url)
  if (file !== undefined && !existsSync(file))
    throw new CommandError(`There is no file ${file} to copy from.`)
  return openStoreAsItIs(url, options)
}

function closing<Opened extends { close(): Promise<void> }>(store: Opened) {
  return { store, [Symbol.asyncDispose]: () => store.close() }
}

function textOf(
  location: string,
  { accounts, clients, keys, interactions, written, checksum }: Copied,
): string {
  const counts = `${accounts} accounts, ${clients} clients, ${keys} keys, ${interactions} interactions`
  return `${location} is the same now: ${counts}, of which ${written} were copied in this run.\nSHA-256 of the interactions in both: ${checksum}`
}

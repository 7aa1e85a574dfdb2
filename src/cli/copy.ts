import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { DatabaseOptions } from '../config.ts'
import { type Copied, copyMore, finishCopy } from '../copy/copy.ts'
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
        'an empty store (on PostgreSQL a migrated one), or one that a copy has begun',
      )
      .option('--more', 'another run will follow: do not compare, and leave the target closed'),
  ).addHelpText(
    'after',
    '\nCopies accounts, clients, keys, interactions and their revisions, and what is\n' +
      'left of erased ones, then reads both stores and compares them byte by byte.\n' +
      'Tokens, links and cursors given out before work after it. Interrupted, it\n' +
      'goes on where it was when it is run again; until it has ended nothing else\n' +
      'opens the target, and afterwards nothing is copied into it. While the source\n' +
      'is served, copy with --more; then stop what writes to it, and copy once\n' +
      'without.',
  )
  withSettings(command, ['passwordFile']).action(async (options) => {
    const { output } = context
    const { databaseOptions } = configOf(options, context)
    await using from = closing(await openSource(options.from, databaseOptions))
    await using to = closing(await openStoreAsItIs(options.to, databaseOptions))
    const progress = progressOn(output)
    const told = { onProgress: progress.update }
    if (options.more === true) {
      const written = await copyMore(from.store, to.store, told).finally(() => progress.end())
      if (options.json === true) output.json({ written })
      else output.line(moreText(to.store.location, written))
      return
    }
    const copied = await finishCopy(from.store, to.store, told).finally(() => progress.end())
    if (options.json === true) output.json(copied)
    else output.line(finishedText(to.store.location, copied))
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

function moreText(location: string, written: number): string {
  return `${written} interactions copied into ${location}, which stays closed. Stop what writes to the source, and copy once more without --more.`
}

function finishedText(location: string, copied: Copied): string {
  const { accounts, clients, keys, interactions, tombstones, written, checksum } = copied
  const counts = `${accounts} accounts, ${clients} clients, ${keys} keys, ${interactions} interactions`
  return `${location} is the same now: ${counts}, of which ${written} were copied in this run, and ${tombstones} tombstones.\nSHA-256 of all of them in both: ${checksum}`
}

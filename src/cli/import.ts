import type { Command } from 'commander'
import { ingest, NOTHING_YET } from '../ingest/ingest.ts'
import { describe } from '../ingest/problems.ts'
import type { ImportState, Store } from '../store/store.ts'
import { CommandError, type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { FORMATS, type FormatName } from './formats.ts'
import { type Input, openInput } from './input.ts'
import { progressOn } from './progress.ts'
import { accountNamed, withStore } from './with-store.ts'

interface ImportOptions {
  account: string
  format: string
  unknown: string
  json?: boolean
}

/** Problems that are printed for one file; the count goes on. */
const MAX_PRINTED = 1000

export function importCommand(program: Command, context: Context): void {
  const command = program
    .command('import')
    .description('read files straight into the store')
    .argument('<file...>', 'files to read, in order; - is standard input; .gz is unpacked')
    .requiredOption('--account <id>', 'the account')
    .option('--format <format>', `what the files hold: ${Object.keys(FORMATS).join(', ')}`, 'talkdesk')
    .option(
      '--unknown <what>',
      'values outside the lists of the contract: reject, or keep with a warning',
      'reject',
    )
    .addHelpText(
      'after',
      '\nRun again after an interruption, it goes on where it stopped (files; standard input starts anew). What is\n' +
        'stored already is unchanged, so nothing is ever written twice. Exit code 1: something was rejected.',
    )
  withSettings(jsonOption(command), STORE_SETTINGS).action(
    async (files: string[], options: ImportOptions) => {
      const format = formatNamed(options.format)
      if (options.unknown !== 'reject' && options.unknown !== 'keep') {
        throw new CommandError('--unknown is reject or keep.', 2)
      }
      const config = configOf(options as unknown as Record<string, unknown>, context)
      await withStore(config, async (store) => {
        await accountNamed(store, options.account)
        const results: { file: string; counts: ImportState }[] = []
        for (const file of files) {
          const input = openInput(file, `${options.format} ${options.unknown}`)
          const counts = await importFile(store, options, input, format, context)
          results.push({ file, counts })
        }
        report(results, options.json === true, context)
      })
    },
  )
}

function formatNamed(name: string): FormatName {
  if (Object.hasOwn(FORMATS, name)) return name as FormatName
  throw new CommandError(`--format: "${name}" is none of ${Object.keys(FORMATS).join(', ')}.`, 2)
}

async function importFile(
  store: Store,
  options: ImportOptions,
  input: Input,
  format: FormatName,
  { output }: Context,
): Promise<ImportState> {
  const stored = input.source === undefined ? undefined : await store.getImport(options.account, input.source)
  if (stored !== undefined) output.note(`${input.name}: going on behind ${stored.place}, where it stopped.`)
  const progress = progressOn(output)
  let printed = 0
  const print = (text: string) => {
    printed += 1
    if (printed <= MAX_PRINTED) output.note(`${input.name}: ${text}`)
  }
  const counts = await ingest(store, options.account, FORMATS[format](input.chunks(), input.name), {
    keepUnknownValues: options.unknown === 'keep',
    onRejected: (problem) => describe(problem).forEach(print),
    onProgress: (state) => progress.update(input.bytesRead(), input.size, `${input.name}  ${textOf(state)}`),
    resume: input.source === undefined ? undefined : { source: input.source, state: stored ?? NOTHING_YET },
  })
  progress.end()
  if (printed > MAX_PRINTED) output.note(`${input.name}: … and ${printed - MAX_PRINTED} more problems`)
  if (input.source !== undefined) await store.endImport(options.account, input.source)
  return counts
}

function report(results: { file: string; counts: ImportState }[], json: boolean, { output }: Context): void {
  const total = results.map(({ counts }) => counts).reduce(add)
  const { created, updated, unchanged, rejected } = total
  if (json) {
    const files = results.map(({ file, counts: { place: _, ...counts } }) => ({ file, ...counts }))
    output.json({ created, updated, unchanged, rejected, files })
  } else {
    if (results.length > 1) for (const { file, counts } of results) output.line(`${file}: ${textOf(counts)}`)
    output.line(textOf(total))
  }
  if (rejected > 0) throw new CommandError(`${rejected} rejected; everything else is stored.`)
}

function add(a: ImportState, b: ImportState): ImportState {
  return {
    place: b.place,
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    rejected: a.rejected + b.rejected,
  }
}

function textOf({ created, updated, unchanged, rejected }: ImportState): string {
  return `${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`
}

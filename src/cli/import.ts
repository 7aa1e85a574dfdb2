import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { ingest, NOTHING_YET } from '../ingest/ingest.ts'
import { describe } from '../ingest/problems.ts'
import type { Redaction } from '../interaction/redact/interaction.ts'
import { type Counts, redactorOf } from '../interaction/redact/redactor.ts'
import type { ImportState, Store } from '../store/store.ts'
import { CommandError, type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { FORMATS, type FormatName } from './formats.ts'
import { checkInput, type Input, openInput } from './input.ts'
import type { Output } from './output.ts'
import { progressOn } from './progress.ts'
import { accountNamed, withStore } from './with-store.ts'

interface ImportOptions {
  account: string
  format: string
  unknown: string
  json?: boolean
}

/** Problems and warnings that are printed for one file, each; the count goes on. */
const MAX_PRINTED = 1000

export function importCommand(command: Command, context: Context): void {
  command
    .argument('<file...>', 'files to read, in order; - is standard input; gzip is unpacked')
    .requiredOption('--account <id>', 'the account')
    .addOption(
      new Option('--format <format>', `what the files hold: ${Object.keys(FORMATS).join(', ')}`).default(
        'talkdesk',
        'talkdesk',
      ),
    )
    .addOption(
      new Option(
        '--unknown <what>',
        'values outside the known lists: reject, or keep with a warning',
      ).default('reject', 'reject'),
    )
    .addHelpText(
      'after',
      '\nRun again after an interruption, it goes on where it stopped (files; standard\n' +
        'input starts anew). What is stored already is unchanged, so nothing is ever\n' +
        'written twice. Exit code 1: something was rejected, or could not be read.',
    )
  withSettings(jsonOption(command), STORE_SETTINGS).action(
    async (files: string[], options: ImportOptions) => {
      const format = formatNamed(options.format)
      if (options.unknown !== 'reject' && options.unknown !== 'keep') {
        throw new CommandError(`--unknown: "${options.unknown}" is none of reject, keep.`, 2)
      }
      const config = configOf(options as unknown as Record<string, unknown>, context)
      files.forEach(checkInput)
      await withStore(config, async (store) => {
        const { redaction: settings } = await accountNamed(store, options.account)
        const redaction: Redaction = { redactor: await redactorOf(settings), counts: {} }
        const results: { file: string; counts: ImportState }[] = []
        for (const file of files) {
          const input = openInput(file, `${options.format} ${options.unknown}`)
          const counts = await importFile(store, { ...options, redaction }, input, format, context)
          results.push({ file, counts })
          if (options.json !== true && files.length > 1) context.output.line(`${file}: ${textOf(counts)}`)
        }
        tellRedacted(redaction.counts, context)
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
  options: ImportOptions & { redaction: Redaction },
  input: Input,
  format: FormatName,
  { output }: Context,
): Promise<ImportState> {
  const stored = input.source === undefined ? undefined : await store.getImport(options.account, input.source)
  if (stored !== undefined) output.note(`${input.name}: going on behind ${stored.place}, where it stopped.`)
  const progress = progressOn(output)
  const problems = printer(input.name, 'problems', output)
  const warnings = printer(input.name, 'warnings', output)
  const counts = await ingest(store, options.account, FORMATS[format](input.chunks(), input.name), {
    keepUnknownValues: options.unknown === 'keep',
    redaction: options.redaction,
    onRejected: (problem) => describe(problem).forEach(problems.print),
    onWarnings: (_place, id, fields) => {
      for (const { name, description } of fields) warnings.print(`interaction ${id}: ${name} ${description}`)
    },
    onProgress: (state) => progress.update(input.bytesRead(), input.size, shortTextOf(input.name, state)),
    resume: input.source === undefined ? undefined : { source: input.source, state: stored ?? NOTHING_YET },
  })
  progress.end()
  problems.end()
  warnings.end()
  const failure = input.failure()
  if (failure !== undefined) {
    output.note(`${input.name}: ${textOf(counts)}`)
    throw failure
  }
  if (input.source !== undefined) await store.endImport(options.account, input.source)
  return counts
}

/** Prints the first `MAX_PRINTED` of a kind, and at the end how many more there were. */
function printer(file: string, kind: string, output: Output) {
  let count = 0
  return {
    print(text: string): void {
      count += 1
      if (count <= MAX_PRINTED) output.note(`${file}: ${text}`)
    },
    end(): void {
      if (count > MAX_PRINTED) output.note(`${file}: … and ${count - MAX_PRINTED} more ${kind}`)
    },
  }
}

function tellRedacted(counts: Counts, { output }: Context): void {
  const found = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`)
  if (found.length > 0) output.note(`Redacted: ${found.join(', ')}.`)
}

function report(results: { file: string; counts: ImportState }[], json: boolean, { output }: Context): void {
  const total = results.map(({ counts }) => counts).reduce(add)
  const { created, updated, unchanged, rejected } = total
  if (json) {
    const files = results.map(({ file, counts: { place: _, ...counts } }) => ({ file, ...counts }))
    output.json({ created, updated, unchanged, rejected, files })
  } else {
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

/** Short enough to stand beside a bar on a terminal of 80 columns. */
function shortTextOf(name: string, { created, updated, unchanged, rejected }: ImportState): string {
  const done = `${basename(name)}  ${created + updated + unchanged} done`
  return rejected === 0 ? done : `${done}, ${rejected} rejected`
}

function textOf({ created, updated, unchanged, rejected }: ImportState): string {
  return `${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`
}

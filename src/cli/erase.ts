import type { Command } from 'commander'
import { newErasureId } from '../auth/ids.ts'
import { type Erasure, type ErasureTarget, MAX_ERASED_IDS } from '../store/erasure.ts'
import { StoreUnavailable } from '../store/errors.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../sweep/clock.ts'
import { finishErasures } from '../sweep/finish.ts'
import { CommandError, type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { type EraseOptions, type EraseTarget, wishIn } from './erase-options.ts'
import { idsIn } from './ids-file.ts'
import { checkInput, openInput } from './input.ts'
import { type Progress, progressOn } from './progress.ts'
import { accountNamed, withStore } from './with-store.ts'

export function eraseCommand(command: Command, context: Context): void {
  command
    .option('--account <id>', 'the account')
    .option('--interaction <id...>', 'erase these interactions')
    .option('--customer <id>', 'erase every interaction of this customer')
    .option('--ids-file <file>', 'erase the interactions of a file: an id a line; - is standard input')
    .option('--all', 'erase every interaction of the account')
    .option('--confirm <account>', 'the id of the account once more, for --all')
    .option('--purge', 'then write the files anew, so that nothing is left in them')
    .option('--status <erasure>', 'show how far an erasure is')
    .addHelpText(
      'after',
      '\nWhat is erased cannot be read from then on, and is refused when it comes again:\n' +
        'ids that were not there too, and of a customer what started before. Killed and\n' +
        'run again, it finishes. Servers may run meanwhile; they purge the files once a\n' +
        'day (--purge-at). --purge alone purges what was erased before; writers wait.',
    )
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (options: EraseOptions) => {
    const wish = wishIn(options)
    const config = configOf(options as Record<string, unknown>, context)
    const json = options.json === true
    if (wish.what === 'erase' && 'file' in wish.target) checkInput(wish.target.file)
    await withStore(config, async (store) => {
      if (wish.what === 'purge') return purgeAlone(store, json, context)
      await accountNamed(store, wish.accountId)
      if (wish.what === 'status') return show(await receiptOf(store, wish), json, context)
      const done = await erase(store, wish.accountId, wish.target, progressOn(context.output))
      const fault = wish.purge ? await purge(store) : undefined
      show(await receiptOf(store, { ...wish, ...done }), json, context)
      if (fault !== undefined) throw fault
    })
  })
}

/** What was done in one run; of very many ids it takes several erasures. */
interface Done {
  erasureIds: string[]
  interactions: number
  unknown: string[]
  unknownCount: number
}

/** Ids that are listed as unknown; the count goes on. */
const MAX_LISTED = 1000

async function erase(
  store: Store,
  accountId: string,
  target: EraseTarget,
  progress: Progress,
): Promise<Done> {
  const done: Done = { erasureIds: [], interactions: 0, unknown: [], unknownCount: 0 }
  const tell = (count: number) => {
    done.interactions += count
    progress.update(done.interactions, undefined, `${done.interactions} interactions erased`)
  }
  for await (const part of partsOf(target)) {
    const erasureId = newErasureId()
    const erased = await store.erase(accountId, { erasureId, target: part, now: Date.now() })
    done.erasureIds.push(erasureId)
    done.unknown.push(...erased.unknown.slice(0, MAX_LISTED - done.unknown.length))
    done.unknownCount += erased.unknown.length
    tell(erased.erasure.interactions)
  }
  await finishErasures(store, accountId, systemClock, tell)
  progress.end()
  return done
}

/** What one erasure may take at once. */
async function* partsOf(target: EraseTarget): AsyncGenerator<ErasureTarget> {
  if (target.kind !== 'interactions') yield target
  else if ('file' in target) {
    for await (const ids of idsIn(openInput(target.file, 'erase'), MAX_ERASED_IDS)) {
      yield { kind: 'interactions', ids }
    }
  } else {
    for (let at = 0; at < target.ids.length; at += MAX_ERASED_IDS) {
      yield { kind: 'interactions', ids: target.ids.slice(at, at + MAX_ERASED_IDS) }
    }
  }
}

/** Gives what to tell where the files cannot be purged now: what is erased is erased all the same. */
async function purge(store: Store): Promise<CommandError | undefined> {
  try {
    await store.purge(Date.now())
    return undefined
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return new CommandError(`Erased, but not purged. ${error.message} Try again with: parlance erase --purge`)
  }
}

async function purgeAlone(store: Store, json: boolean, { output }: Context): Promise<void> {
  const purged = await store.purge(Date.now())
  if (json) output.json({ purged })
  else output.line(purged ? 'The files are purged of what was erased.' : 'There is nothing to purge.')
}

type Receipt = Erasure & Partial<Done>

/** One receipt for all that a run has done. */
async function receiptOf(
  store: Store,
  { accountId, erasureId, ...done }: { accountId: string; erasureId?: string } & Partial<Done>,
): Promise<Receipt | undefined> {
  const { erasureIds = erasureId === undefined ? [] : [erasureId] } = done
  const [first, last] = [erasureIds[0], erasureIds.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const [begun, ended] = [await store.getErasure(accountId, first), await store.getErasure(accountId, last)]
  if (begun === undefined || ended === undefined) {
    throw new CommandError(`There is no erasure ${first} of ${accountId}.`)
  }
  const several = erasureIds.length > 1
  return {
    ...done,
    ...ended,
    ...begun,
    ...endOf(ended),
    ...(several && { interactions: done.interactions ?? 0 }),
  }
}

function endOf({ erasedAt, purgedAt }: Erasure): Pick<Erasure, 'erasedAt' | 'purgedAt'> {
  return { ...(erasedAt !== undefined && { erasedAt }), ...(purgedAt !== undefined && { purgedAt }) }
}

function show(receipt: Receipt | undefined, json: boolean, { output }: Context): void {
  if (receipt === undefined) throw new CommandError('There was no id to erase.')
  if (json) output.json(jsonOf(receipt))
  else textOf(receipt).forEach(output.line)
}

function jsonOf({ erasureId, erasureIds = [], kind, interactions, ...rest }: Receipt) {
  const { unknown, unknownCount, requestedAt, erasedAt, purgedAt } = rest
  return {
    erasure_id: erasureId,
    ...(erasureIds.length > 1 && { erasure_ids: erasureIds }),
    kind,
    interactions,
    ...(unknown !== undefined && { unknown, unknown_count: unknownCount }),
    requested_at: timeOf(requestedAt),
    erased_at: timeOf(erasedAt),
    purged_at: timeOf(purgedAt),
  }
}

/** Null for what has not come yet. */
function timeOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString()
}

function textOf({ erasureId, interactions, unknownCount = 0, ...rest }: Receipt): string[] {
  const { kind, requestedAt, erasedAt, purgedAt } = rest
  const told = (milliseconds: number | undefined) => timeOf(milliseconds) ?? 'not yet'
  return [
    `Erasure ${erasureId} (${kind}): ${interactions} interactions`,
    ...(unknownCount > 0 ? [`Not there, and refused from now on: ${unknownCount} ids`] : []),
    `Requested: ${told(requestedAt)}`,
    `Erased:    ${told(erasedAt)}`,
    `Purged:    ${told(purgedAt)}`,
  ]
}

import { MAX_ID_BYTES } from '../interaction/limits.ts'
import { CommandError } from './command.ts'

export interface EraseOptions {
  account?: string
  interaction?: string[]
  customer?: string
  idsFile?: string
  all?: boolean
  confirm?: string
  purge?: boolean
  status?: string
  json?: boolean
}

/** What is asked of `erase`. */
export type EraseWish =
  | { what: 'status'; accountId: string; erasureId: string }
  | { what: 'purge' }
  | { what: 'erase'; accountId: string; target: EraseTarget; purge: boolean }

export type EraseTarget =
  | { kind: 'interactions'; ids: string[] }
  | { kind: 'interactions'; file: string }
  | { kind: 'customer'; customerId: string }
  | { kind: 'account' }

const TARGETS = ['interaction', 'customer', 'idsFile', 'all'] as const
const ONE_OF = '--interaction, --customer, --ids-file and --all'

/** CommandError for wrong usage: nothing is erased where it is not plain what. */
export function wishIn(options: EraseOptions): EraseWish {
  const { account, status, purge = false, confirm } = options
  const targets = TARGETS.filter((name) => options[name] !== undefined)
  if (targets.length > 1) throw new CommandError(`Give one of ${ONE_OF}, not several.`, 2)
  const [target] = targets
  if (confirm !== undefined && target !== 'all') throw new CommandError('--confirm belongs to --all.', 2)
  if (status !== undefined) {
    if (target !== undefined || purge) throw new CommandError('--status only shows, and erases nothing.', 2)
    return { what: 'status', accountId: accountIn(account), erasureId: status }
  }
  if (target !== undefined) {
    return { what: 'erase', accountId: accountIn(account), target: targetIn(target, options), purge }
  }
  if (purge) return { what: 'purge' }
  throw new CommandError(`Say what to erase with one of ${ONE_OF}, or give --status or --purge.`, 2)
}

function accountIn(account: string | undefined): string {
  if (account === undefined) throw new CommandError('Say of which account: --account ID.', 2)
  return account
}

function targetIn(name: (typeof TARGETS)[number], options: EraseOptions): EraseTarget {
  const { account, interaction = [], customer = '', idsFile = '', confirm } = options
  switch (name) {
    case 'interaction':
      return { kind: 'interactions', ids: interaction.map((id) => idIn(id, '--interaction')) }
    case 'idsFile':
      return { kind: 'interactions', file: idsFile }
    case 'customer':
      return { kind: 'customer', customerId: idIn(customer, '--customer') }
    case 'all':
      if (confirm === account) return { kind: 'account' }
      throw new CommandError(`--all erases everything of ${account}. To do so, add: --confirm ${account}`, 2)
  }
}

function idIn(text: string, option: string): string {
  const fault = faultOf(text)
  if (fault === undefined) return text
  throw new CommandError(`${option}: ${fault}`, 2)
}

/** Why a text is no id. */
export function faultOf(text: string): string | undefined {
  const good = text !== '' && text.isWellFormed() && Buffer.byteLength(text) <= MAX_ID_BYTES
  return good && !text.includes('\0')
    ? undefined
    : `an id has 1 to ${MAX_ID_BYTES} bytes, and no NUL character.`
}

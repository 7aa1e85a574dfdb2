import type { Statement, Value } from './wire/encode.ts'

/** A statement with its values: the first is `$1`. */
export function sql(text: string, ...values: Value[]): Statement {
  return { text, values }
}

/**
 * The account that statements of one round trip are of; undefined where they are of several, or of what all accounts share. What
 * touches tables of accounts says of which; the first statement is enough where others follow that depend on it.
 */
export function accountOf([first, ...others]: readonly Statement[]): string | undefined {
  const account = first?.values[0]
  if (typeof account !== 'string' || !isOfAccount(first as Statement)) return undefined
  const isOther = (each: Statement) => isOfAccount(each) && each.values[0] !== account
  return others.some(isOther) ? undefined : account
}

function isOfAccount({ text }: Statement): boolean {
  return text.includes('account_id = $1') && !text.includes('parlance.accounts')
}

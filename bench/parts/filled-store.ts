import { progressOn } from '../../src/cli/progress.ts'
import { accountId, askedAccounts, ownedByFirst } from '../corpus/accounts.ts'
import { type Filled, type FilledOptions, filledStore, removeStore } from '../corpus/filled.ts'
import { undoWrites } from '../corpus/undo.ts'
import { type Deployment, deploy } from '../measure/deployment.ts'
import type { Bench } from './bench.ts'

/** Our server on a store that was filled; disposing of it stops the one and takes the other away or leaves it as it was. */
export interface FilledDeployment extends AsyncDisposable {
  label: string
  filled: Filled
  deployment: Deployment
  /** The account that may be written to. */
  writable: string
}

export interface FilledDeploymentOptions extends Pick<FilledOptions, 'size' | 'accounts' | 'bytes' | 'copy'> {
  label: string
  workers?: number
  /** Write to an account of its own, which is empty, instead of the first one of the store. */
  writeApart?: boolean
}

export async function deployFilled(
  { stores, seed, keep, output }: Bench,
  options: FilledDeploymentOptions,
): Promise<FilledDeployment> {
  const { label, size, accounts = 1, bytes, copy, workers, writeApart } = options
  output.note(`${label}: a store of ${size}`)
  const progress = progressOn(output)
  const onProgress = (done: number) => progress.update(done, size, `${done} of ${size}`)
  const filled = await filledStore({ folder: stores, seed, size, accounts, bytes, copy, onProgress })
  progress.end()
  const asked = Array.from({ length: askedAccounts(accounts) }, (_, number) => accountId(number))
  const writable = writeApart ? 'bench-apart' : accountId(0)
  const undo = undoWrites(filled.file, writable, writeApart ? 0 : ownedByFirst(size, accounts))
  const deployment = await deploy(filled.file, [...new Set([...asked, writable])], workers)
  return {
    label,
    filled,
    deployment: { ...deployment, accounts: asked },
    writable,
    async [Symbol.asyncDispose]() {
      await deployment.stop()
      if (keep) undo()
      else removeStore(filled.file)
    },
  }
}

import type { Command } from 'commander'
import type { Config } from '../config.ts'
import type { Running } from '../main.ts'
import { type Context, configOf, jsonOption, SERVE_SETTINGS, tellVariables, withSettings } from './command.ts'
import { type Stoppable, untilSignal } from './until-signal.ts'

export function serveCommand(command: Command, context: Context): void {
  withSettings(jsonOption(command), SERVE_SETTINGS).action(async (options) => {
    const { output } = context
    const config = configOf(options, context)
    await untilSignal(startServer(config), async (running) => {
      if (options.json === true) output.json({ url: running.url, store: running.store.location })
      else output.line(`Parlance serves on ${running.url}`)
      const [account] = await running.store.listAccounts(1)
      if (account !== undefined) return
      output.note('There is no account yet. Create one with: parlance account create NAME')
    })
  })
  tellVariables(command)
}

const WORKER = new URL('../worker.ts', import.meta.url)

/** The server is loaded only where one starts: help and wrong usage need none of it, and several are started by one. */
async function startServer(config: Config): Promise<Stoppable & Pick<Running, 'url' | 'store'>> {
  if (config.workers === 1) return (await import('../main.ts')).start(config)
  return (await import('../workers/primary.ts')).startWorkers(config, WORKER)
}

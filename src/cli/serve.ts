import type { Command } from 'commander'
import {
  type Context,
  configOf,
  jsonOption,
  SERVER_SETTINGS,
  tellVariables,
  withSettings,
} from './command.ts'
import { untilSignal } from './until-signal.ts'

export function serveCommand(command: Command, context: Context): void {
  withSettings(jsonOption(command), SERVER_SETTINGS).action(async (options) => {
    const { output } = context
    const config = configOf(options, context)
    // The server is loaded only where one starts: help and wrong usage need none of it.
    const { start } = await import('../main.ts')
    const running = await start(config)
    await untilSignal(running, async () => {
      if (options.json === true) output.json({ url: running.url, store: running.store.location })
      else output.line(`Parlance serves on ${running.url}`)
      const accounts = await running.store.listAccounts()
      if (accounts.length > 0) return
      output.note('There is no account yet. Create one with: parlance account create NAME')
    })
  })
  tellVariables(command)
}

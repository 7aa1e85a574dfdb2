import type { Command } from 'commander'
import type { Config } from '../config.ts'
import { type Running, start } from '../main.ts'
import { type Context, configOf, SERVER_SETTINGS, withSettings } from './command.ts'

export function serveCommand(program: Command, context: Context): void {
  const command = program.command('serve').description('serve the API')
  withSettings(command, SERVER_SETTINGS).action(async (options) => {
    const running = await start(configOf(options, context))
    const accounts = await running.store.listAccounts()
    if (accounts.length === 0) {
      context.output.note('There is no account yet. Create one with: parlance account create NAME')
    }
    await runUntilSignal(running)
  })
}

/**
 * Resolves when the server has stopped after SIGTERM, SIGINT or SIGHUP. A second signal ends the process at once:
 * whoever presses Ctrl-C again does not want to wait.
 */
export function runUntilSignal(running: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false
    const stop = () => {
      if (stopping) process.exit(1)
      stopping = true
      running.stop().then(resolve, reject)
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  })
}

/** The same configuration on any free port of the same host. */
export function onFreePort(config: Config): Config {
  return Object.freeze({ ...config, listen: { ...config.listen, port: 0 } })
}

import type { Command } from 'commander'
import { type Migrated, migrateStore } from '../store/migrate.ts'
import { type Context, configOf, jsonOption, withSettings } from './command.ts'
import { progressOn } from './progress.ts'

export function migrateCommand(command: Command, context: Context): void {
  command.addHelpText(
    'after',
    '\nServers may run meanwhile, and any number of these at once. On a server with the\n' +
      'extension citus the tables are distributed by account, with what they hold.',
  )
  withSettings(jsonOption(command), ['database', 'passwordFile']).action(async (options) => {
    const { output } = context
    const config = configOf(options, context)
    const progress = progressOn(output)
    let steps = 0
    const migrated = await migrateStore(config.database, config.databaseOptions, (step) => {
      steps += 1
      progress.update(steps, undefined, step)
    }).finally(() => progress.end())
    if (options.json === true) output.json(migrated)
    else output.line(textOf(migrated))
  })
}

function textOf({ location, applied, distributed }: Migrated): string {
  const steps = [
    ...(applied.length > 0 ? [`schema upgraded to ${applied.at(-1)}`] : []),
    ...(distributed.length > 0 ? [`${distributed.length} tables distributed`] : []),
  ]
  return `${location}: ${steps.length === 0 ? 'up to date' : steps.join(', ')}`
}

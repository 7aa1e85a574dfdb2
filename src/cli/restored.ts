import type { Command } from 'commander'
import { renewEpoch } from '../feed/epoch.ts'
import { type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { withStore } from './with-store.ts'

export function restoredCommand(command: Command, context: Context): void {
  jsonOption(command).addHelpText(
    'after',
    '\nRun it once a backup has been restored, before anything is written. Revisions\n' +
      'after the backup will be given out again for other changes: without it a\n' +
      'follower of /v1/changes would take them for those that it has. With it, it is\n' +
      'told to start over (410).',
  )
  withSettings(command, STORE_SETTINGS).action(async (options) => {
    const config = configOf(options, context)
    const epoch = await withStore(config, renewEpoch)
    if (options.json === true) context.output.json({ epoch })
    else context.output.line('Cursors of /v1/changes that were given out before are refused from now on.')
  })
}

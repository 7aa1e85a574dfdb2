import { type Command, Option } from 'commander'
import { rotateCursorKey, rotateSigningKey } from '../auth/keyring.ts'
import { CommandError, type Context, configOf, jsonOption, STORE_SETTINGS, withSettings } from './command.ts'
import { table } from './output.ts'
import { withStore } from './with-store.ts'

const HOUR = 60 * 60 * 1000

export function keysCommand(keys: Command, context: Context): void {
  rotateCommand(keys, context)
  listCommand(keys, context)
}

function rotateCommand(keys: Command, context: Context): void {
  const command = keys
    .command('rotate')
    .description('make a new signing key; tokens of the old one stay good while both overlap')
    .addOption(
      new Option('--overlap <hours>', 'hours that the old signing key goes on verifying').default('24', '24'),
    )
    .option('--cursors', 'make a new cursor key instead; links that were given out stay good for ever')
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (options) => {
    const overlap = Number(options.overlap)
    if (!(overlap >= 1 && overlap <= 24 * 365)) {
      throw new CommandError('--overlap is a number of hours from 1 to 8760.', 2)
    }
    const config = configOf(options, context)
    const keyId = await withStore(config, (store) =>
      options.cursors === true
        ? rotateCursorKey(store, config.masterKey, { now: Date.now() })
        : rotateSigningKey(store, config.masterKey, { now: Date.now(), overlapMs: overlap * HOUR }),
    )
    if (options.json === true) context.output.json({ key_id: keyId })
    else context.output.note(`The new ${options.cursors === true ? 'cursor' : 'signing'} key is ${keyId}.`)
  })
}

function listCommand(keys: Command, context: Context): void {
  const command = keys.command('list').description('list the keys, oldest first, without their secrets')
  withSettings(jsonOption(command), STORE_SETTINGS).action(async (options) => {
    const all = await withStore(configOf(options, context), (store) => store.listKeys())
    const rows = all.map(({ keyId, purpose, sealed, createdAt, retireAt }) => ({
      key_id: keyId,
      purpose,
      sealed,
      created_at: new Date(createdAt).toISOString(),
      ...(retireAt !== undefined && { retires_at: new Date(retireAt).toISOString() }),
    }))
    if (options.json === true) context.output.json({ keys: rows })
    else {
      const cells = rows.map((row) => [
        row.key_id,
        row.purpose,
        row.sealed ? 'yes' : 'no',
        row.created_at,
        row.retires_at ?? '',
      ])
      context.output.line(table(['KEY', 'PURPOSE', 'SEALED', 'CREATED', 'RETIRES'], cells))
    }
  })
}

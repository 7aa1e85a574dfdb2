import { Command, CommanderError } from 'commander'
import { KeyringError, PublicKeyError } from '../auth/errors.ts'
import { ConfigError } from '../config.ts'
import { StoreUnavailable, StoreUnusable } from '../store/errors.ts'
import { accountCommand } from './account.ts'
import { clientCommand } from './client.ts'
import { CommandError, type Context } from './command.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { importCommand } from './import.ts'
import { keysCommand } from './keys.ts'
import { outputTo } from './output.ts'
import { serveCommand } from './serve.ts'
import { tokenCommand } from './token.ts'
import { VERSION } from './version.ts'

/** The command table, in the order of `--help`. */
const COMMANDS = [
  demoCommand,
  serveCommand,
  accountCommand,
  clientCommand,
  keysCommand,
  tokenCommand,
  importCommand,
  doctorCommand,
]

export function programWith(context: Context): Command {
  const program = new Command('parlance')
    .description("Keeps a contact centre's conversations, and serves them.")
    .version(VERSION, '--version')
    .helpCommand(false)
    .showHelpAfterError('(--help tells how it is used)')
    .exitOverride()
  for (const command of COMMANDS) command(program, context)
  return program
}

/** Runs one command; gives the exit code: 0 done, 1 failed or something was rejected, 2 wrong usage. */
async function run(argv: string[], context: Context): Promise<number> {
  try {
    await programWith(context).parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    context.output.note(`parlance: ${messageOf(error)}`)
    return error instanceof ConfigError || (error instanceof CommandError && error.exitCode === 2) ? 2 : 1
  }
}

const EXPECTED = [CommandError, ConfigError, StoreUnavailable, StoreUnusable, KeyringError, PublicKeyError]

/** One line for what a user can do something about; the stack for what is a fault of ours. */
function messageOf(error: unknown): string {
  if (EXPECTED.some((kind) => error instanceof kind)) return (error as Error).message
  const { code, address, port, stack } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE') {
    return `${address}:${port} is taken. Choose another address with --listen, such as --listen 127.0.0.1:0.`
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') return `cannot listen on ${address}:${port} (${code}).`
  return stack ?? String(error)
}

// A reader that has seen enough (`| head`) closes the pipe; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  output: outputTo(process.stdout, process.stderr),
})

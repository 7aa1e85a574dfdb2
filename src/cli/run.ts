import { CommanderError } from 'commander'
import { AuditUnusable } from '../audit/errors.ts'
import { KeyringError, PublicKeyError } from '../auth/errors.ts'
import { ConfigError } from '../config.ts'
import { CopyRefused } from '../copy/errors.ts'
import { StoreUnavailable, StoreUnusable } from '../store/errors.ts'
import { WorkersFailed } from '../workers/errors.ts'
import { CommandError, type Context } from './command.ts'
import { programWith } from './program.ts'

/**
 * Runs one command; gives the exit code: 0 done, 1 failed or something was rejected, 2 wrong usage. To name no
 * command is wrong usage too: the help then goes to stderr.
 */
export async function run(argv: string[], context: Context): Promise<number> {
  try {
    const words = argv.filter((word) => !word.startsWith('-'))
    const program = await programWith(context, words.slice(0, words[0] === 'help' ? 2 : 1))
    await program.parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    context.output.note(`parlance: ${messageOf(error)}`)
    return error instanceof ConfigError || (error instanceof CommandError && error.exitCode === 2) ? 2 : 1
  }
}

const EXPECTED = [
  AuditUnusable,
  CommandError,
  ConfigError,
  CopyRefused,
  StoreUnavailable,
  StoreUnusable,
  KeyringError,
  PublicKeyError,
  WorkersFailed,
]

type SystemError = NodeJS.ErrnoException & { address?: string; port?: number; hostname?: string }

/** One line for what a user can do something about; the stack for what is a fault of ours. */
function messageOf(error: unknown): string {
  if (EXPECTED.some((kind) => error instanceof kind)) return (error as Error).message
  const { code, syscall, address, port, hostname, stack } = error as SystemError
  if (code === 'EADDRINUSE') {
    return `${address}:${port} is taken. Choose another address with --listen, such as --listen 127.0.0.1:0.`
  }
  if (syscall === 'getaddrinfo') return `cannot listen on ${hostname}: there is no such host (${code}).`
  if (syscall === 'listen' || syscall === 'bind')
    return `cannot listen on ${address}, port ${port ?? 'any'} (${code}).`
  return stack ?? String(error)
}

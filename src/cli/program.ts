import { Command } from 'commander'
import { VERSION } from '../version.ts'
import type { Context } from './command.ts'

/** Gives a command its options, its subcommands and what it does. */
type Definition = (command: Command, context: Context) => void

interface Entry {
  name: string
  description: string
  /** Loads the file of the command: each is read only when it is wanted, so that `--help` needs none of the server. */
  load(): Promise<Definition>
}

/** The command table, in the order of `--help`. */
const COMMANDS: readonly Entry[] = [
  {
    name: 'demo',
    description: 'serve sample conversations of the last thirty days, and print a token and a curl',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  {
    name: 'serve',
    description: 'serve the API',
    load: async () => (await import('./serve.ts')).serveCommand,
  },
  {
    name: 'account',
    description: 'create, list and change accounts',
    load: async () => (await import('./account.ts')).accountCommand,
  },
  {
    name: 'client',
    description: 'create, list, rotate and remove the clients of an account',
    load: async () => (await import('./client.ts')).clientCommand,
  },
  {
    name: 'keys',
    description: 'list and rotate the keys that sign tokens and seal cursors',
    load: async () => (await import('./keys.ts')).keysCommand,
  },
  {
    name: 'token',
    description: 'print an access token',
    load: async () => (await import('./token.ts')).tokenCommand,
  },
  {
    name: 'import',
    description: 'read files straight into the store',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'erase',
    description: 'erase interactions, a customer or a whole account for good',
    load: async () => (await import('./erase.ts')).eraseCommand,
  },
  {
    name: 'migrate',
    description: 'create or upgrade the schema of a store on PostgreSQL',
    load: async () => (await import('./migrate.ts')).migrateCommand,
  },
  {
    name: 'copy',
    description: 'copy everything into another store, and compare them',
    load: async () => (await import('./copy.ts')).copyCommand,
  },
  {
    name: 'restored',
    description: 'say that the store came from a backup, so that followers of changes start over',
    load: async () => (await import('./restored.ts')).restoredCommand,
  },
  {
    name: 'doctor',
    description: 'say what is wrong with the configuration and the store, and what to do',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
]

/** The program with the commands of these names in full, and of the others what its own help tells. */
export async function programWith(
  context: Context,
  names: readonly string[] = COMMANDS.map(({ name }) => name),
): Promise<Command> {
  const program = new Command('parlance')
    .description("Keeps a contact centre's conversations, and serves them.")
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => context.output.line(text.trimEnd()),
      writeErr: (text) => context.output.note(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error:/, 'parlance:')),
    })
    .exitOverride()
    .addHelpText('after', '\nparlance COMMAND --help tells the options of a command.')
  for (const { name, description, load } of COMMANDS) {
    const command = program.command(name).description(description)
    if (names.includes(name)) (await load())(command, context)
  }
  pointToHelp(program)
  return program
}

/** After wrong usage, says which help to read. */
function pointToHelp(command: Command, parents = ''): void {
  const name = `${parents}${command.name()}`
  command.showHelpAfterError(`See: ${name} --help`)
  for (const subcommand of command.commands) pointToHelp(subcommand, `${name} `)
}

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { CATALOGUE, type CatalogueEntry } from '../src/http/error-catalogue.ts'
import { SETTINGS, type Setting } from '../src/settings.ts'

/**
 * Makes the reference pages that are tables of the program itself: configuration, errors, command line.
 * `--write` writes them, `--check` fails where one is stale.
 */

const PAGES: Record<string, () => string> = {
  'configuration.md': configuration,
  'errors.md': errors,
  'cli.md': commandLine,
}
const COMMANDS = [
  [],
  ['demo'],
  ['serve'],
  ['account', 'create'],
  ['account', 'list'],
  ['account', 'set'],
  ['client', 'create'],
  ['client', 'list'],
  ['client', 'rotate'],
  ['client', 'remove'],
  ['keys', 'rotate'],
  ['keys', 'list'],
  ['token'],
  ['import'],
  ['erase'],
  ['migrate'],
  ['doctor'],
]

function configuration(): string {
  const rows = Object.values(SETTINGS).map((setting: Setting) => {
    const { env, flag, default: fallback, help } = setting
    return `| \`${env}\` | ${flag ? `\`${flag}\`` : ''} | ${fallback ? `\`${fallback}\`` : ''} | ${help} |`
  })
  return `# Configuration

Flags over environment over defaults. An empty variable counts as not set. A value that cannot be used ends the command with exit code 2 and names its
flag or variable.

| variable | flag | default | what |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

function errors(): string {
  const rows = Object.values(CATALOGUE).map(({ status, code, message, when, advice }: CatalogueEntry) => {
    return `## ${code}\n\n**${status}** — \`${message}\`\n\n${when}\n\n*What to do:* ${advice}\n`
  })
  return `# Errors

Errors are \`application/json\`: \`{code, message, description?, fields?: [{name, description}]}\`. \`code\` is what a program should look at; \`fields\` names
parameters (\`interaction_started\`) or places in the body (\`messages[3].channel\`). Every reply has an \`X-Request-Id\`, which the log has too. The
token endpoint answers in OAuth's own form: \`{error, error_description}\`.

${rows.join('\n')}`
}

function commandLine(): string {
  const sections = COMMANDS.map((words) => {
    const help = execFileSync(process.execPath, [MAIN, ...words, '--help'], { encoding: 'utf8', env: {} })
    return `## ${['parlance', ...words].join(' ')}\n\n\`\`\`\n${help.trim()}\n\`\`\`\n`
  })
  return `# Command line

\`npx parlance COMMAND\`; \`npm start\` is \`parlance demo\`. \`--json\` prints one JSON document on stdout; progress and logs go to stderr.
Exit codes: 0 done, 1 failed or something was rejected, 2 wrong usage.

${sections.join('\n')}`
}

const MAIN = new URL('../src/cli/main.ts', import.meta.url).pathname

for (const [name, make] of Object.entries(PAGES)) {
  const file = new URL(`../docs/reference/${name}`, import.meta.url)
  const page = make()
  if (process.argv[2] === '--write') writeFileSync(file, page)
  else if (readFileSync(file, 'utf8') !== page) {
    console.error(`docs/reference/${name} is stale: npm run reference`)
    process.exitCode = 1
  }
}

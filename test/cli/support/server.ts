import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { type Cleanups, MAIN, plainEnvironment, start } from './process.ts'

/** A `serve` or `demo` in a process of its own. */
export interface ServerProcess {
  /** Where it listens, which need not be its public URL. */
  url: string
  /** What it printed with `--json` when it was ready. */
  ready: Record<string, unknown>
  child: ChildProcess
  /** What it has written to stderr so far. */
  log(): string
  /** Resolves when its log holds `part`. */
  logged(part: string): Promise<void>
  /** Sends a signal, unless the process has ended, and resolves when it has. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/**
 * Starts `serve --json` (or another command) on a free port, and waits until it is ready. It is one process, unless
 * `args` or `env` ask for more.
 */
export async function startServer(
  t: Cleanups,
  args: string[],
  env: Record<string, string> = {},
  command = 'serve',
): Promise<ServerProcess> {
  const child = start(t, process.execPath, [MAIN, command, '--json', '--listen', '127.0.0.1:0', ...args], {
    env: plainEnvironment({ PARLANCE_WORKERS: '1', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = collect(child)
  const ready = await readyDocument(child, log)
  return {
    url: await listeningUrl(child, ready, log),
    ready,
    child,
    log,
    logged: (part) => logged(child, log, part),
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit')
        child.kill(signal)
        await ended
      }
      return { code: child.exitCode, signal: child.signalCode }
    },
  }
}

function collect(child: ChildProcess): () => string {
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk
  })
  return () => log
}

async function readyDocument(child: ChildProcess, log: () => string): Promise<Record<string, unknown>> {
  let stdout = ''
  const { stdout: stream } = child
  if (stream === null) throw new Error('the server has no stdout')
  for await (const chunk of stream.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    stdout += chunk
    if (stdout.endsWith('}\n')) return JSON.parse(stdout)
  }
  throw new Error(`the server ended before it was ready: ${log()}`)
}

/** The document tells it, unless there is a public URL: then only Fastify's own line does, which may be read later. */
async function listeningUrl(child: ChildProcess, { url }: Record<string, unknown>, log: () => string) {
  if (String(url).startsWith('http://127.0.0.1:')) return String(url)
  const line = '"msg":"Server listening at '
  await logged(child, log, line)
  return String(log().split(line)[1]?.split('"')[0])
}

async function logged(child: ChildProcess, log: () => string, part: string): Promise<void> {
  while (!log().includes(part)) {
    if (child.exitCode !== null) throw new Error(`the log never held "${part}": ${log()}`)
    await new Promise<void>((resolve) => {
      child.stderr?.once('data', () => resolve())
      child.once('exit', () => resolve())
    })
  }
}

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Where cleanups go: a test, or a whole file's. */
export interface Cleanups {
  after(cleanup: () => unknown): void
}

export const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
/** After so many milliseconds a child is taken for stuck, and killed. */
const TIMEOUT = 60_000

export interface Result {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  env?: Record<string, string>
  cwd?: string
  input?: string | Uint8Array
}

/** A directory that goes when the test does. */
export async function temporaryDirectory(t: Cleanups): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'parlance-cli-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** Where Node keeps what it has compiled: most of a child's time goes into starting. */
const COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/parlance-test', import.meta.url))

/** The environment of this process without what would configure Parlance. */
export function plainEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLANCE_'))
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: COMPILE_CACHE, ...more }
}

/**
 * Starts `file args`; it is killed when the test ends, if not before. With `detached` it leads a process group, and the
 * whole group is killed: for a program that starts another.
 */
export function start(t: Cleanups, file: string, args: string[], options: SpawnOptions): ChildProcess {
  const child = spawn(file, args, options)
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    process.kill(options.detached === true ? -child.pid : child.pid, 'SIGKILL')
  }
  const timer = setTimeout(kill, TIMEOUT)
  child.once('exit', () => clearTimeout(timer))
  t.after(async () => {
    clearTimeout(timer)
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    kill()
    await ended
  })
  return child
}

/** Runs any program to its end. */
export async function runProgram(
  t: Cleanups,
  file: string,
  args: string[],
  { env = {}, cwd, input }: RunOptions = {},
): Promise<Result> {
  const child = start(t, file, args, { env: plainEnvironment(env), cwd, stdio: 'pipe' })
  // A child that fails before it reads closes the pipe; its exit code tells.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input ?? '')
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout as NonNullable<typeof child.stdout>),
    text(child.stderr as NonNullable<typeof child.stderr>),
    once(child, 'close'),
  ])
  return { code, signal, stdout, stderr }
}

/** Runs one command of Parlance to its end, on this very Node. */
export function parlance(t: Cleanups, args: string[], options?: RunOptions): Promise<Result> {
  return runProgram(t, process.execPath, [MAIN, ...args], options)
}

/** Runs a command that must succeed, and gives the one JSON document on its stdout. */
export async function parlanceJson<Value>(t: Cleanups, args: string[], options?: RunOptions): Promise<Value> {
  const { code, stdout, stderr } = await parlance(t, [...args, '--json'], options)
  if (code !== 0) throw new Error(`parlance ${args.join(' ')} exited with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}

import { spawnSync } from 'node:child_process'
import { type Cleanups, MAIN, type Result, runProgram } from './process.ts'

const SPAWN = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

/** How programs are run on a terminal of their own here; undefined where nothing can. */
function terminalProgram(): ((argv: string[]) => [file: string, args: string[]]) | undefined {
  const script = spawnSync('script', ['--version'], { encoding: 'utf8' })
  if (script.stdout?.includes('util-linux')) {
    return (argv) => ['script', ['-qec', argv.map((arg) => `'${arg}'`).join(' '), '/dev/null']]
  }
  const python = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode'])
  return python.status === 0 ? (argv) => ['python3', ['-c', SPAWN, ...argv]] : undefined
}

const program = terminalProgram()

/** Why a test on a terminal is skipped, or false where it runs. */
export const NO_TERMINAL = program === undefined && 'neither script (util-linux) nor python3 is on the PATH'

/** Runs one command of Parlance on a terminal; its stdout and stderr come together, as they stand there. */
export function parlanceOnTerminal(t: Cleanups, args: string[]): Promise<Result> {
  if (program === undefined) throw new Error('there is no terminal')
  const [file, all] = program([process.execPath, MAIN, ...args])
  return runProgram(t, file, all)
}

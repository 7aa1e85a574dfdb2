// The Node that runs TypeScript as it is: this one, or the pinned one of the platform packages where this one is
// too old. Plain JavaScript, for it must run on any Node.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/** Whether this Node runs TypeScript as it is. */
export const isNewEnough = major > 24 || (major === 24 && minor >= 12)

/** Runs Node with these arguments in this environment, hands signals on to it, and ends as it ends. */
export function spawnNode(args, env = process.env) {
  const child = spawn(isNewEnough ? process.execPath : pinnedNode(), args, { stdio: 'inherit', env })
  // A terminal sends its signals to both, and then the server takes the two for one; others reach only this process.
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`parlance: cannot start ${child.spawnfile}: ${error.code}.`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 1 : constants.signals[signal])
  })
}

function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin', 'node')
  } catch {
    console.error(
      `Parlance needs Node 24.12 or newer; this is ${process.versions.node}, and the package ${name} is not ` +
        'installed. Install a newer Node, or run npm ci without --omit=optional.',
    )
    process.exit(1)
  }
}

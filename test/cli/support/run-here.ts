import { run } from '../../../src/cli/run.ts'
import type { Environment } from '../../../src/config.ts'

/**
 * Runs a command in this process, as main.ts does in its own: for the many ways of wrong usage and of failing, each
 * of which would cost the start of a process.
 */
export async function runHere(argv: string[], environment: Environment = {}) {
  let stdout = ''
  let stderr = ''
  const code = await run(argv, {
    environment,
    output: {
      line: (text) => {
        stdout += `${text}\n`
      },
      json: (value) => {
        stdout += JSON.stringify(value)
      },
      note: (text) => {
        stderr += `${text}\n`
      },
      terminal: false,
      rewrite() {},
      keep() {},
    },
  })
  return { code, stdout, stderr }
}

import { outputTo } from './output.ts'
import { run } from './run.ts'

// A reader that has seen enough (`| head`) closes the pipe; that is no fault, of results or of logs.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  output: outputTo(process.stdout, process.stderr),
})

import { serveAsWorker } from './workers/link.ts'

/**
 * What a worker process runs. A terminal and a service manager send their signals to every process; the primary
 * decides what they mean, and tells.
 */
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
// As in the command line: whoever reads the log may go.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const { start } = await import('./main.ts')
await serveAsWorker(({ worker, config }, whole) => start(config, undefined, { worker, whole }))

import type { Config } from '../config.ts'

/** What to listen on. Fastify listens twice on `localhost`, and limits and stops only one of the two. */
export function listenAddress({ listen: { host, port } }: Config): { host: string; port: number } {
  return { host: host === 'localhost' ? '127.0.0.1' : host, port }
}

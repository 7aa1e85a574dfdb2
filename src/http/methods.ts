import type { FastifyInstance, HTTPMethods } from 'fastify'
import { ApiError } from './errors.ts'

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']

/** Answers 405 with `Allow` for the methods that a path does not have. */
export function refuseOtherMethods(app: FastifyInstance, url: string, allowed: HTTPMethods[]): void {
  const allow = allowed.join(', ')
  const refuse = async () => {
    throw new ApiError('methodNotAllowed', { headers: { allow } })
  }
  app.route({
    method: METHODS.filter((method) => !allowed.includes(method)),
    url,
    schema: { hide: true },
    // Before anything is made of the body.
    onRequest: refuse,
    handler: refuse,
  })
}

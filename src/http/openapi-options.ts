import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { SCOPES } from '../auth/scopes.ts'

/** The frame of the OpenAPI document; the routes fill it. */
export const OPENAPI: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Parlance',
      version: '0.1.0',
      description:
        "A contact centre's conversations: calls, chats, SMS and virtual-agent sessions, with their messages, " +
        "sentiment and intents. The listing speaks Talkdesk's Conversations API.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This deployment' }],
    tags: [
      { name: 'Conversations', description: 'The compatible listing.' },
      { name: 'Interactions', description: 'Writing and reading single interactions.' },
      { name: 'Tokens', description: 'Who is asking.' },
      { name: 'Operation', description: 'For those who run it.' },
    ],
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: `An access token from \`/oauth/token\`. Scopes: ${Object.keys(SCOPES).join(', ')}.`,
        },
      },
    },
  },
}

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { TOKEN_PATH } from '../auth/provider.ts'
import { SCOPES } from '../auth/scopes.ts'
import { VERSION } from '../version.ts'
import { finishDocument } from './openapi-finish.ts'

const DESCRIPTION = `
Parlance keeps a contact centre's conversations (calls, chats, SMS and virtual-agent sessions, with their messages,
sentiment and intents) and hands them to whoever needs them. The listing speaks Talkdesk's Conversations API: a client
written for *Retrieve all Interactions* works here with only its base URL changed.

## Begin
1. **Get a token.** \`npm start\` serves sample conversations and prints one. On a server of your own,
   \`parlance account create\` and \`parlance client create\` give a client id and a secret, and
   \`POST ${TOKEN_PATH}\` gives a token for them. It is good for ten minutes and for one account.
2. **Send it** with every request: \`Authorization: Bearer TOKEN\`.
3. **List** what started in the last seven days: \`GET /conversations/interactions\`. While the answer has
   \`_links.next.href\`, another page follows under that link, which needs nothing added.
4. **Write** conversations of your own: \`PUT /v1/interactions/{id}\` for one, \`POST /v1/interactions\` for many,
   \`POST /v1/interactions/{id}/messages\` as they go on.
5. **Follow** what changes, and what was erased: \`GET /v1/changes\`.

## What holds everywhere
- **Times** are RFC 3339 with an offset. Answers have six fractional digits and \`Z\`.
- **Ids** are opaque: 1 to 256 bytes, percent-encoded in a path.
- **Answers may grow.** Expect properties and values that you do not know yet. What a source did not give is left out,
  never \`null\`.
- **Writes can be repeated.** The same content again changes nothing and says \`unchanged\`. A 2xx means it is stored for
  good.
- **Errors** have a \`code\`, a \`message\` that is always the same for that code, and, where something was wrong with
  what was sent, \`fields\` with each fault.
- **After 429 and 503** wait for the seconds in \`Retry-After\`, then send the request again.
- **\`X-Request-Id\`** comes with every answer and stands in the server's log. Send one of your own to find it there.
`.trim()

/** The frame of the OpenAPI document; the routes fill it, and `finishDocument` completes it. */
export const OPENAPI: FastifyDynamicSwaggerOptions = {
  convertConstToEnum: false,
  transformObject: finishDocument as FastifyDynamicSwaggerOptions['transformObject'],
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Parlance',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This deployment' }],
    tags: [
      { name: 'Conversations', description: 'The listing that speaks Talkdesk’s Conversations API.' },
      {
        name: 'Interactions',
        description: 'Writing interactions, reading and listing them, and following their changes.',
      },
      { name: 'Erasure', description: 'Erasing for good, and following it until nothing is left.' },
      { name: 'Tokens', description: 'Who is asking: access tokens and the keys that verify them.' },
      { name: 'Operation', description: 'For those who run the server. No token is needed.' },
    ],
    components: {
      headers: {
        'X-Request-Id': {
          description: 'The id that the request has in the log: the one that it came with, or a new one.',
          schema: { type: 'string' },
          example: '7f0c2a54-3f5e-4d43-9a8c-5d2f6a1b9e70',
        },
        'RateLimit-Limit': {
          description: 'Requests a second that this client may send, where the deployment limits them.',
          schema: { type: 'integer' },
          example: 50,
        },
        'RateLimit-Remaining': {
          description: 'What is left of them.',
          schema: { type: 'integer' },
          example: 49,
        },
        'RateLimit-Reset': {
          description: 'Seconds until they are counted anew.',
          schema: { type: 'integer' },
          example: 1,
        },
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token. `npm start` prints one.',
        },
        oauth2: {
          type: 'oauth2',
          description: 'An access token that is fetched for a client id and its secret.',
          flows: { clientCredentials: { tokenUrl: TOKEN_PATH, scopes: { ...SCOPES } } },
        },
        client: {
          type: 'http',
          scheme: 'basic',
          description: 'A client id and its secret, for the token endpoint.',
        },
      },
    },
  },
}

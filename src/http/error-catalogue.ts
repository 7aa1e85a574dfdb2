/**
 * Every error that a request can be answered with. Codes follow the contract's pattern (service 190, status,
 * sequence digit); the reference page of errors is made from this table, and a check keeps it so.
 */
export interface CatalogueEntry {
  status: number
  code: string
  message: string
  headers?: Record<string, string>
  /** For the reference: when it comes, and what to do about it. */
  when: string
  advice: string
}

export type ErrorName = keyof typeof CATALOGUE

export const CATALOGUE = {
  invalidQuery: {
    status: 400,
    code: '1904000',
    message: 'Invalid query parameters. (Bad Request)',
    when: 'A query parameter cannot be used; `fields` names each one and says why.',
    advice: 'Correct the parameters named in `fields`. A cursor is used as it came, with nothing beside it.',
  },
  invalidBody: {
    status: 400,
    code: '1904001',
    message: 'Invalid request body. (Bad Request)',
    when: 'The body is no JSON, or not an interaction; `fields` names each fault.',
    advice:
      'Correct what `fields` names. Nothing of a JSON body was written; of lines, what stood before the fault may be.',
  },
  invalidRequest: {
    status: 400,
    code: '1904002',
    message: 'Invalid request. (Bad Request)',
    when: 'The request line, a header or the path cannot be read.',
    advice: 'Check the percent-encoding of the path, and the headers named in `fields`.',
  },
  unauthenticated: {
    status: 401,
    code: '1904010',
    message: 'The provided JWT is not valid. (Unauthenticated)',
    headers: { 'www-authenticate': 'Bearer' },
    when: 'No token, or one that is expired, not yet valid, forged, of another issuer, audience or region, without an account, or of an account or client that no longer exists.',
    advice:
      'Get a new token from `/oauth/token` and send it as `Authorization: Bearer TOKEN`. The log has the reason under the request id.',
  },
  forbidden: {
    status: 403,
    code: '1904030',
    message: 'The required scope is not present in the JWT. (Forbidden)',
    when: 'The token is valid but was not given the scope that this call needs.',
    advice:
      'Ask for the scope when getting the token; where the client was never granted it, create one that is.',
  },
  notFound: {
    status: 404,
    code: '1904040',
    message: 'The requested resource was not found. (Not Found)',
    when: 'There is no such path, or no such interaction or erasure in this account.',
    advice:
      'Check the path and the id. To add messages to an interaction that nobody has announced, give what `fields` names.',
  },
  methodNotAllowed: {
    status: 405,
    code: '1904050',
    message: 'The method is not allowed for this resource. (Method Not Allowed)',
    when: 'The path exists, but not for this method; `Allow` lists those it has.',
    advice: 'Use one of the methods in `Allow`.',
  },
  notAcceptable: {
    status: 406,
    code: '1904060',
    message: 'None of the accepted media types can be produced. (Not Acceptable)',
    when: '`Accept` names only media types that this resource does not have.',
    advice: 'Accept `application/hal+json` or `application/json`.',
  },
  requestTimeout: {
    status: 408,
    code: '1904080',
    message: 'The request was not received in time. (Request Timeout)',
    when: 'The headers took longer than a minute to arrive.',
    advice: 'Send the request again.',
  },
  reopened: {
    status: 409,
    code: '1904090',
    message: 'The interaction has ended and cannot be opened again. (Conflict)',
    when: 'A write leaves `ended_at` out for an interaction that has ended.',
    advice: 'Send `ended_at` too, or use another id for a new interaction.',
  },
  erased: {
    status: 409,
    code: '1904091',
    message: 'The interaction has been erased. (Conflict)',
    when: 'A write names an interaction that was erased, or one of an erased customer that started before the erasure.',
    advice:
      'Leave it out: what is erased stays erased. A new conversation of the customer is taken under a new id.',
  },
  ambiguousMessage: {
    status: 409,
    code: '1904092',
    message: 'The message cannot be told from others of its id. (Conflict)',
    when: 'A message that is added has the id of several that are stored; `fields` names it.',
    advice: 'Send its `source_system`, and its `recording_index` where it has one.',
  },
  gone: {
    status: 410,
    code: '1904100',
    message: 'The cursor is from before the store was restored. (Gone)',
    when: 'A cursor of changes was given out by a state of the store that is no more: a backup was restored since.',
    advice:
      'Start over without a cursor, and take what comes as the whole: what is not told any more is not there.',
  },
  preconditionFailed: {
    status: 412,
    code: '1904120',
    message: 'The interaction is not at the revision that was asked for. (Precondition Failed)',
    when: '`If-Match` or `If-None-Match` does not hold for the stored interaction.',
    advice: 'Read the interaction again, and repeat the change on what it is now.',
  },
  bodyTooLarge: {
    status: 413,
    code: '1904130',
    message: 'The request body is too large. (Content Too Large)',
    when: 'A body, a batch or a document is over its limit.',
    advice: 'Send less at once, or send `application/x-ndjson`, which has no limit of length.',
  },
  urlTooLong: {
    status: 414,
    code: '1904140',
    message: 'The URL is too long. (URI Too Long)',
    when: 'A part of the path is longer than any id can be.',
    advice: 'Check the id: it has at most 256 bytes.',
  },
  unsupportedMediaType: {
    status: 415,
    code: '1904150',
    message: 'The media type of the body is not supported. (Unsupported Media Type)',
    when: '`Content-Type` or `Content-Encoding` is one that this resource does not take.',
    advice:
      'Send `application/json` or, for many, `application/x-ndjson`; plain or with `Content-Encoding: gzip`.',
  },
  rateLimited: {
    status: 429,
    code: '0012001',
    message: 'API rate limit exceeded',
    when: 'The client sent more requests in this second than the deployment allows.',
    advice: 'Wait for the seconds in `Retry-After`; `RateLimit-Remaining` tells what is left.',
  },
  headersTooLarge: {
    status: 431,
    code: '1904310',
    message: 'The request headers are too large. (Request Header Fields Too Large)',
    when: 'Request line and headers together are over 16 KiB.',
    advice: 'Send fewer or shorter headers.',
  },
  unexpected: {
    status: 500,
    code: '1905000',
    message: 'An unexpected error has occurred. Contact support.',
    when: 'A fault of the server.',
    advice: "Look for the reply's `X-Request-Id` in the log.",
  },
  storeUnavailable: {
    status: 503,
    code: '1905030',
    message: 'The store cannot be reached. (Service Unavailable)',
    headers: { 'retry-after': '2' },
    when: 'The store, or the keys of an outside issuer, cannot be reached now: locked, full, or gone.',
    advice: 'Try again after `Retry-After` seconds; `parlance doctor` says what is wrong.',
  },
  overloaded: {
    status: 503,
    code: '1905031',
    message: 'Too many bodies are being received or sent at once. (Service Unavailable)',
    headers: { 'retry-after': '1' },
    when: 'What is held in memory of bodies, and of answers that nobody takes, would be over its limit; or the client has too many streams of changes open.',
    advice:
      'Try again after `Retry-After` seconds. Read answers as they come, and send much as `application/x-ndjson`.',
  },
} as const satisfies Record<string, CatalogueEntry>

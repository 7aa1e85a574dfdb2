import Type from 'typebox'
import { DEFAULT_PER_PAGE, MAX_PER_PAGE } from '../../interaction/listing-query.ts'

/** What all listings have in common, as OpenAPI describes it. */

export const PER_PAGE = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: MAX_PER_PAGE,
    default: DEFAULT_PER_PAGE,
    description: 'Interactions on a page, at most. A page also stops growing at 4 MiB.',
    examples: [2],
  }),
)

const ETAG = 'W/"4nq0Pq0mYkQd3n1v9bq3Yg"'
const CACHING = {
  ETag: {
    type: 'string',
    description: 'Stands for this very page; given where both bounds or a cursor were.',
    examples: [ETAG],
  },
  'Cache-Control': {
    type: 'string',
    description: 'Only for the one who asked.',
    examples: ['private'],
  },
  Vary: { type: 'string', description: 'Pages come plain or with gzip.', examples: ['Accept-Encoding'] },
}

export const IF_NONE_MATCH = Type.Object({
  'If-None-Match': Type.Optional(
    Type.String({
      description: 'The `ETag` of an earlier answer: if the page is still the same, the answer is 304.',
      examples: [ETAG],
    }),
  ),
})

/** A page of this shape, and the answer that the client has it already. */
export function pageResponses(schema: object, example: object) {
  return {
    200: {
      description: 'A page. It is the last one where `_links` has no `next`.',
      headers: CACHING,
      content: {
        'application/hal+json': { schema, example },
        'application/json': { schema, example },
      },
    },
    304: {
      description: 'The page is still what the tag in `If-None-Match` stands for.',
      headers: CACHING,
      type: 'null',
    },
  }
}

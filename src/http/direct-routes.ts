import { MAX_ID_BYTES } from '../interaction/limits.ts'
import type { Dependencies } from './dependencies.ts'
import type { DirectRoute } from './direct.ts'
import { parseQuery } from './query.ts'
import { readInteraction } from './reads/interaction.ts'
import { INTERACTIONS_PATH } from './reads/interactions.ts'
import type { ReadListing } from './reads/listing.ts'
import { INTERACTION_PATH } from './routes/get-interaction.ts'
import { LISTING_PATHS } from './routes/list-interactions.ts'

/** What is answered without the framework: listings, and single interactions. */
export function directRoutes(
  deps: Dependencies,
  readListing: ReadListing,
  readInteractions: ReadListing,
): DirectRoute[] {
  return [
    ...LISTING_PATHS.map((path) => listingRoute(path, readListing)),
    listingRoute(INTERACTIONS_PATH, readInteractions),
    interactionRoute(deps),
  ]
}

function listingRoute(template: string, readListing: ReadListing): DirectRoute {
  return {
    template,
    audited: { action: 'read', what: 'listing' },
    match(path, search) {
      if (path !== template) return undefined
      return (request) => readListing(template, parseQuery(search), request)
    },
  }
}

const PREFIX = INTERACTION_PATH.slice(0, INTERACTION_PATH.indexOf(':'))
/** An id in which nothing is to be decoded; each character is a byte. */
const PLAIN_ID = new RegExp(`^[\\w.~:@!$'()*,=+&-]{1,${MAX_ID_BYTES}}$`)

function interactionRoute(deps: Dependencies): DirectRoute {
  return {
    template: INTERACTION_PATH,
    audited: { action: 'read', what: 'interaction' },
    match(path) {
      if (!path.startsWith(PREFIX)) return undefined
      const id = path.slice(PREFIX.length)
      return PLAIN_ID.test(id) ? (request) => readInteraction(deps, id, request) : undefined
    },
  }
}

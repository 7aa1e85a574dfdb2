import type { Identified, Principal } from '../../auth/verify.ts'
import type { Listing, ListingQuery, Store, StoredInteraction } from '../../store/store.ts'

type Query = Omit<ListingQuery, 'atLeast'>

/** What a request reads of its account. It gives nothing to a client whose standing does not allow it. */
export interface AccountReads {
  readonly accountId: string
  /** The account's last revision, from before anything else of it is read. */
  revision(): Promise<number>
  /** A listing that has seen the revision beside it. */
  listing(query: Query): Promise<{ revision: number; listing: Listing }>
  interaction(id: string): Promise<StoredInteraction | undefined>
}

type Reading = Pick<
  Store,
  | 'getStanding'
  | 'getStandingAndListing'
  | 'getStandingAndInteraction'
  | 'listInteractions'
  | 'getInteraction'
>

/** For a client whose standing has been looked up. */
export function readsOf(store: Reading, { accountId, revision }: Principal): AccountReads {
  return {
    accountId,
    revision: async () => revision,
    async listing(query) {
      return { revision, listing: await store.listInteractions(accountId, { ...query, atLeast: revision }) }
    },
    interaction: (id) => store.getInteraction(accountId, id),
  }
}

/**
 * For one whose token alone has been looked at: its standing is looked up with what is read first. On PostgreSQL, where a
 * round trip by itself costs all processes together some 100 µs, that spares a sixth of a page and a quarter of one interaction.
 */
export class ReadsAhead implements AccountReads {
  readonly accountId: string
  readonly #store: Reading
  readonly #identified: Identified
  #principal: Principal | undefined
  #asked = false

  constructor(store: Reading, identified: Identified) {
    this.accountId = identified.principal.accountId
    this.#store = store
    this.#identified = identified
  }

  /** Once the standing has been looked up, and allows it. */
  get principal(): Principal | undefined {
    return this.#principal
  }

  /** Looks the standing up where nothing has been asked of the store yet. Throws TokenError, or what the store throws. */
  async settle(): Promise<void> {
    if (!this.#asked) await this.revision()
  }

  async revision(): Promise<number> {
    if (this.#principal !== undefined) return this.#principal.revision
    const { store, clientId } = this.#begin()
    return this.#admit(await store.getStanding(this.accountId, clientId)).revision
  }

  async listing(query: Query): Promise<{ revision: number; listing: Listing }> {
    if (this.#principal !== undefined) return readsOf(this.#store, this.#principal).listing(query)
    const { store, clientId } = this.#begin()
    const found = await store.getStandingAndListing(this.accountId, clientId, query)
    try {
      const { revision } = this.#admit(found?.standing)
      return { revision, listing: (found as NonNullable<typeof found>).listing }
    } catch (error) {
      found?.listing.free()
      throw error
    }
  }

  async interaction(id: string): Promise<StoredInteraction | undefined> {
    if (this.#principal !== undefined) return readsOf(this.#store, this.#principal).interaction(id)
    const { store, clientId } = this.#begin()
    const found = await store.getStandingAndInteraction(this.accountId, clientId, id)
    this.#admit(found?.standing)
    return found?.interaction
  }

  #begin(): { store: Reading; clientId: string } {
    this.#asked = true
    return { store: this.#store, clientId: this.#identified.principal.clientId }
  }

  #admit(standing: Parameters<Identified['admit']>[0]): Principal {
    this.#principal = this.#identified.admit(standing)
    return this.#principal
  }
}

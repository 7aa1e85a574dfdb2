import type { Block } from '../interaction/block.ts'
import type { PackedDrafts } from '../interaction/packed-drafts.ts'
import type { Place } from '../interaction/place.ts'
import type { RedactionSettings } from '../interaction/redact/settings.ts'
import type { Draft } from '../interaction/serialise.ts'
import type { TranscriptState } from '../interaction/transcript.ts'
import type { Window } from '../interaction/window.ts'
import type { Addition, AdditionResult } from './addition.ts'
import type { Changes, ChangesQuery } from './changes.ts'
import type { Bite, Erased, Erasure, ErasureRequest, Expiry, Idleness } from './erasure.ts'
import type { Transfer } from './transfer.ts'

/**
 * Glossary
 *
 * - account: whose conversations they are. The first argument of every method that touches any; it comes
 *   from a verified token (or from the operator's command line) and nowhere else.
 * - draft: a document on its way in (validated, serialised). See interaction/document.ts.
 * - document: an interaction as it is sent, kept as a block (deflated; see interaction/block.ts).
 * - revision: each account counts its changes 1, 2, 3, … in commit order, without gaps. A document carries the
 *   revision of its last change.
 * - open, ended: an interaction without, with `endedAt`. Listings show ended ones.
 * - patch: what is given of one message; it is merged into the message of its key. See interaction/patch.ts.
 * - tombstone: what is left of an erased interaction: id, revision, time and reason. See erasure.ts.
 * - client: who may ask for tokens of an account. Its id contains the account.
 * - key: a secret of the whole deployment: signing keys (tokens) and cursor keys.
 * - assertion: a client's signed JWT that may be used once (RFC 7523).
 *
 * A write that has resolved is on disk. Instants are microseconds since 1970 where they belong to
 * interactions and milliseconds where they belong to the deployment (created, expires).
 */
export interface Store {
  /** Which driver, and where, without secrets: for logs and `doctor`. */
  readonly location: string
  /** Milliseconds that a write waits for others of its account; undefined where it waits until they are done. */
  readonly lockTimeout?: number

  createAccount(account: Account): Promise<boolean>
  getAccount(accountId: string): Promise<Account | undefined>
  renameAccount(accountId: string, name: string): Promise<boolean>
  /** Replaces all settings of the account; false for an unknown one. */
  setAccountSettings(accountId: string, settings: AccountSettings): Promise<boolean>
  /** In order of `createdAt`, then id; `limit` of them at most. */
  listAccounts(limit?: number): Promise<Account[]>

  createClient(accountId: string, client: Client): Promise<void>
  getClient(accountId: string, clientId: string): Promise<Client | undefined>
  /** In order of `createdAt`, then id. */
  listClients(accountId: string): Promise<Client[]>
  /** Changes how the client authenticates; false where there is no such client. */
  updateClient(accountId: string, clientId: string, change: ClientCredentials): Promise<boolean>
  removeClient(accountId: string, clientId: string): Promise<boolean>

  /** Notes that an assertion was used; false where it was used before. Forgets those that have expired. */
  useAssertion(accountId: string, clientId: string, use: AssertionUse): Promise<boolean>

  /** In order of `createdAt`, then id. */
  listKeys(): Promise<Key[]>
  /** Adds `key` unless one of its purpose is there already; either way gives all keys. */
  ensureKey(key: Key): Promise<Key[]>
  /** Adds `key`, and lets the others of its purpose retire at `retireAt` where they have no earlier end. */
  rotateKey(key: Key, retireAt: number | undefined): Promise<void>
  /** Replaces the material of keys, all or none (sealing them under a master key). */
  replaceKeyMaterial(keys: Pick<Key, 'keyId' | 'material' | 'sealed'>[]): Promise<void>

  /** Facts of the deployment that its commands share, such as the public URL last served under. */
  getSetting(name: string): Promise<string | undefined>
  setSetting(name: string, value: string): Promise<void>

  /** What every request asks for first, in one lookup; undefined for an unknown account. */
  getStanding(accountId: string, clientId: string): Promise<Standing | undefined>
  /**
   * The standing, and behind it a listing or an interaction, where there is a network between in one round trip. What comes
   * with the standing is nobody's before that was looked at. Undefined for an unknown account.
   */
  getStandingAndListing(
    accountId: string,
    clientId: string,
    query: ListingQuery,
  ): Promise<{ standing: Standing; listing: Listing } | undefined>
  getStandingAndInteraction(
    accountId: string,
    clientId: string,
    id: string,
  ): Promise<{ standing: Standing; interaction: StoredInteraction | undefined } | undefined>
  /** The account's last revision (0 before the first), or undefined for an unknown account. */
  getRevision(accountId: string): Promise<number | undefined>
  /**
   * Writes drafts in order, in one transaction, each an upsert by (account, id) and independent of the others.
   * Gives one result per draft, in order. The same content again is `unchanged` and takes no revision. The bytes of packed
   * ones are the store's from then on.
   */
  writeInteractions(
    accountId: string,
    drafts: Draft[] | PackedDrafts,
    options?: WriteOptions,
  ): Promise<WriteResult[]>
  /**
   * Adds messages to one interaction, or merges them into those that it has, in one transaction. What is added to an open one
   * costs the same however many it has.
   */
  addMessages(accountId: string, addition: Addition): Promise<AdditionResult>
  getInteraction(accountId: string, id: string): Promise<StoredInteraction | undefined>
  /** Ended interactions in order of `startedAt`, then id by its UTF-8 bytes. */
  listInteractions(accountId: string, query: ListingQuery): Promise<Listing>
  /** Open interactions, in the same order. */
  listOpen(accountId: string, query: ListingQuery): Promise<Listing>
  /** Ends some of the open interactions of which nothing was heard for long, each by its last message. */
  endIdle(accountId: string, idleness: Idleness): Promise<Bite>

  /** What changed after a revision, in order of revision: of each interaction its last change. */
  listChanges(accountId: string, query: ChangesQuery): Promise<Changes>

  /**
   * Erases: when it resolves, nothing of it can be read or written any more. Of a customer or an account the rest is done by
   * `eraseMore`. Rejects for an unknown account. The same erasure again changes nothing.
   */
  erase(accountId: string, request: ErasureRequest): Promise<Erased>
  /** Goes on with the account's erasures that are not done, oldest first: `limit` interactions of them. */
  eraseMore(accountId: string, limit: number, now: number): Promise<Bite>
  /** Erases some of the interactions whose time is over, longest ended first or nearly so. */
  expire(accountId: string, expiry: Expiry): Promise<Bite>
  getErasure(accountId: string, erasureId: string): Promise<Erasure | undefined>
  /**
   * Writes the files anew, so that nothing is left in them of what was erased, and notes that of all erasures that were done
   * before, with the time when it was through; it begins at `now`. False where there was nothing to purge. Others wait meanwhile.
   */
  purge(now: number): Promise<boolean>
  /**
   * Takes on a work of the whole deployment until a time (milliseconds since 1970); false while somebody else has it. `holder`
   * may take it on again, and give it back with `until` = 0. For MAX_CLAIM at most (claim.ts).
   */
  claim(work: string, holder: string, now: number, until: number): Promise<boolean>

  /** Where an interrupted import of `source` left off. */
  getImport(accountId: string, source: string): Promise<ImportState | undefined>
  endImport(accountId: string, source: string): Promise<void>

  /** For copying all of it to another store. */
  readonly transfer: Transfer

  /** Resolves when the store answers; rejects with StoreUnavailable otherwise. */
  ping(): Promise<void>
  /** What `doctor` reports: each check with its outcome. */
  inspect(): Promise<Inspection[]>
  /** Waits for writes that run, then closes. */
  close(): Promise<void>
}

/** The setting of a store into which a copy has not ended. Its value is a mark, a space, and where it comes from. */
export const COPYING = 'copying'

/** What an account has chosen; what is absent is the default. */
export interface AccountSettings {
  redaction?: RedactionSettings
  /** Days after its end that an interaction is kept; for good where absent. */
  retentionDays?: number
  /** Seconds without a word after which an open interaction is ended; null: never. */
  idleSeconds?: number | null
}

export interface Account extends AccountSettings {
  accountId: string
  name: string
  /** Milliseconds since 1970. */
  createdAt: number
}

export interface ClientCredentials {
  /** The secret as `auth/secret.ts` hashes it, or undefined for a client that signs assertions. */
  secretHash?: string
  /** A public JWK, or undefined for a client with a secret. */
  publicKey?: string
}

export interface Client extends ClientCredentials {
  clientId: string
  name: string
  /** Space-separated. */
  scope: string
  /** Milliseconds since 1970. */
  createdAt: number
}

export interface Standing {
  /** The account's last revision. */
  revision: number
  /** Whether the account has this client. */
  client: boolean
}

export interface AssertionUse {
  jti: string
  /** Milliseconds since 1970: afterwards the assertion is refused for its age, and the note is dropped. */
  expiresAt: number
  now: number
}

export type KeyPurpose = 'signing' | 'cursor'

export interface Key {
  keyId: string
  purpose: KeyPurpose
  /** The secret, or its sealed form where `sealed`. See auth/keyring.ts. */
  material: Uint8Array
  sealed: boolean
  /** Milliseconds since 1970. */
  createdAt: number
  /** Milliseconds since 1970; from then on a signing key verifies no more. */
  retireAt?: number
}

export interface WriteOptions {
  /** Per draft, by index: what must hold of the stored interaction for the write to happen. */
  preconditions?: (Precondition | undefined)[]
  /**
   * Kept in the same transaction, with this batch's outcomes added to its counts, so that an import that is
   * run again knows what is done.
   */
  progress?: { source: string; state: ImportState }
  /** What is told of the transcripts of all of them; without it each keeps the state that it has. */
  transcript?: TranscriptState
  /** Milliseconds since 1970: when open interactions were last heard of. Now, where absent. */
  now?: number
  /** Since when it waits (`performance.now()`), where that is not from the call on. */
  since?: number
  /** Whoever streams bounds what is on its way: it does not wait for room among the writes of others. */
  streamed?: boolean
}

/** `exists`, `absent`, or one of these revisions. */
export type Precondition = 'exists' | 'absent' | { revisions: number[] }

export type WriteResult =
  | { outcome: 'created' | 'updated' | 'unchanged'; revision: number }
  | { outcome: 'rejected'; reason: RejectReason }

/**
 * - `reopened`: the stored interaction has ended and the draft is open
 * - `precondition`: the precondition does not hold
 * - `too_large`: with the messages it keeps, the document would be over the limit
 * - `erased`: the interaction, or its customer, has been erased
 */
export type RejectReason = 'reopened' | 'precondition' | 'too_large' | 'erased'

export interface StoredInteraction {
  document: Block
  revision: number
  ended: boolean
  transcript?: TranscriptState
}

export interface ListingQuery {
  window: Window
  /** Go on behind this one. */
  after?: Place
  limit: number
  /** Stop before the documents' plain bytes pass this, but give at least one. */
  maxBytes: number
  /**
   * A revision of the account that the listing must have seen. It may then come from a copy of the store that is behind;
   * without it everything that was written before is in it.
   */
  atLeast?: number
}

export interface Listing {
  /** The documents in order, one in each block or several with commas between, as page.ts lays them on a page. */
  blocks: Block[]
  /** How many documents these are. */
  count: number
  /** The place of the last document where more follow. */
  next?: Place
  /** Gives the memory of the blocks back; they may not be looked at afterwards. Only ever saves time. */
  free(): void
}

export interface ImportState {
  /** The line or item reached, counted from 1. */
  place: number
  created: number
  updated: number
  unchanged: number
  rejected: number
}

/** Where a store tells what nobody has asked for. */
export interface StoreLog {
  info(message: string): void
  warn(message: string): void
}

export interface Inspection {
  name: string
  ok: boolean
  detail: string
  /** What to do about it, where not ok. */
  advice?: string
}

import type { Block } from '../interaction/block.ts'
import type { ArrivedMessage } from '../interaction/merge-patches.ts'
import type { TranscriptState } from '../interaction/transcript.ts'
import type { Erasure, Tombstone } from './erasure.ts'
import type { Account, Client, ImportState, Key } from './store.ts'

/**
 * What `copy` moves from one store to another, just as it lies there: nothing is parsed, compressed or numbered anew, so
 * that tokens, links and cursors mean the same in both.
 */
export interface Transfer {
  readDeployment(): Promise<DeploymentRecord>
  /** Replaces all keys and settings by those of the record. */
  writeDeployment(record: DeploymentRecord): Promise<void>
  /** Takes a setting out. */
  removeSetting(name: string): Promise<void>

  /** Undefined for an unknown account. */
  readAccount(accountId: string): Promise<AccountRecord | undefined>
  /** Creates the account where it is missing, and replaces all of the record that it has. Its revision stays. */
  writeAccount(record: AccountRecord): Promise<void>

  /** What changed after a revision, in order of revision: as many as are asked for, or as have so many bytes. */
  readInteractions(accountId: string, query: RecordQuery): Promise<InteractionRecord[]>
  /**
   * Adds or replaces interactions, each with its own revision. The account's revision becomes `revision`, which is not
   * below that of any of them. In one transaction.
   */
  writeInteractions(accountId: string, records: InteractionRecord[], revision: number): Promise<void>

  /** Tombstones after a revision, in order of revision; `limit` of them at most. */
  readTombstones(accountId: string, query: { after: number; limit: number }): Promise<Tombstone[]>
  /**
   * Adds tombstones, and takes out the interactions of their ids. The account's revision becomes `revision`. Where there were any,
   * there is something to purge: what the source tells of its purges is not true of these files.
   */
  writeTombstones(accountId: string, tombstones: Tombstone[], revision: number): Promise<void>
  /** In order of hash, behind `after`. */
  readErasedCustomers(
    accountId: string,
    query: { after?: Uint8Array; limit: number },
  ): Promise<ErasedCustomer[]>
  writeErasedCustomers(accountId: string, customers: ErasedCustomer[]): Promise<void>
  /** In order of id, behind `after`. */
  readErasures(accountId: string, query: { after?: string; limit: number }): Promise<ErasureRecord[]>
  writeErasures(accountId: string, erasures: ErasureRecord[]): Promise<void>
}

/** A customer whose interactions are refused where they started before the erasure. See customer-hash.ts. */
export interface ErasedCustomer {
  hash: Uint8Array
  /** Microseconds since 1970. */
  erasedAt: number
}

export interface ErasureRecord extends Erasure {
  /** Of one that goes on: of which customer (undefined: of all), and the account's revision when it was requested. */
  erasing?: { customerId?: string; revision: number }
}

export interface DeploymentRecord {
  /** In order of `createdAt`, then id. */
  keys: Key[]
  settings: Record<string, string>
}

export interface AccountRecord {
  account: Account
  /** In order of `createdAt`, then id. */
  clients: Client[]
  /** In order of client, then `jti`. */
  assertions: { clientId: string; jti: string; expiresAt: number }[]
  /** In order of `source`. */
  imports: { source: string; state: ImportState }[]
  /** The key of `customerHash`, where a customer has been erased. */
  erasureKey?: Uint8Array
}

export interface RecordQuery {
  /** A revision. */
  after: number
  limit: number
  /** Of deflated documents; one is given in any case. */
  maxBytes: number
}

export interface InteractionRecord {
  id: string
  revision: number
  customerId: string
  /** Microseconds since 1970. */
  startedAt: number
  /** Absent while it is open. */
  endedAt?: number | undefined
  /** Of the plain bytes of the block: the first 16 of their SHA-256. */
  hash: Uint8Array
  /** Of one that gathers messages, its head; of all others the whole document. */
  block: Block
  /** The messages of one that gathers them, in the order of arrival. */
  gathered?: ArrivedMessage[]
  /** Milliseconds since 1970: when it was last heard of, while it is open. */
  wordAt?: number
  transcript?: TranscriptState
}

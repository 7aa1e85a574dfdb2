import assert from 'node:assert/strict'
import { ElementSplitter } from '../../../src/formats/elements.ts'
import type { Block } from '../../../src/interaction/block.ts'
import { readInteraction } from '../../../src/interaction/document.ts'
import { formatInstant, MINUTE } from '../../../src/interaction/instant.ts'
import { parseLossless } from '../../../src/interaction/lossless.ts'
import { plainDocument, plainPage } from '../../../src/interaction/page.ts'
import type { Draft } from '../../../src/interaction/serialise.ts'
import type { Listing, Store, WriteResult } from '../../../src/store/store.ts'

/** Noon on some day, in microseconds since 1970. */
export const NOON = Date.UTC(2024, 1, 29, 12) * 1000

/** A range that every instant lies in. */
export const ALWAYS = { from: Date.UTC(1900, 0, 1) * 1000, to: Date.UTC(2200, 0, 1) * 1000 }

export interface Told {
  id?: string
  customer?: string
  /** Microseconds since 1970. */
  at?: number
  open?: boolean
  /** The text of its one message. */
  text?: string
  messages?: object[]
  /** More properties. */
  more?: object
}

/** An interaction as a sender writes it. */
export function told({ id = 'one', at = NOON, open = false, ...rest }: Told = {}) {
  const { customer = 'customer', text = 'Hello', messages = [message('m1', { text })], more = {} } = rest
  return {
    id,
    customer_id: customer,
    started_at: formatInstant(at),
    ...(open ? {} : { ended_at: formatInstant(at + MINUTE) }),
    direction: 'IN',
    ring_groups: ['agents'],
    messages,
    agents: [],
    ...more,
  }
}

export function message(id: string, more: object = {}) {
  const fixed = { message_id: id, text: id, channel: 'CHAT', participant: 'CONTACT', source_system: 'DCE' }
  return { ...fixed, ...more }
}

/** The draft of an interaction, read as a request's body is. */
export function draftOf(interaction: object | string): Draft {
  const text = typeof interaction === 'string' ? interaction : JSON.stringify(interaction)
  const reading = readInteraction(JSON.parse(text), {
    keepUnknownValues: false,
    lossless: () => parseLossless(text),
  })
  assert.ok(reading.ok, JSON.stringify(reading))
  return reading.draft
}

export function draft(given: Told = {}): Draft {
  return draftOf(told(given))
}

/** The draft of an interaction whose sender left the messages out. */
export function draftWithoutMessages(given: Told = {}): Draft {
  const { messages: _, ...rest } = told(given)
  return draftOf(rest)
}

export async function write(store: Store, accountId: string, given: Draft): Promise<WriteResult> {
  const results = await store.writeInteractions(accountId, [given])
  assert.equal(results.length, 1)
  return results[0] as WriteResult
}

/** The JSON of a stored interaction, or undefined where there is none. */
export async function jsonOf(store: Store, accountId: string, id: string): Promise<string | undefined> {
  const stored = await store.getInteraction(accountId, id)
  return stored && textOf(stored.document)
}

export function textOf(document: Block): string {
  return plainDocument(document).toString()
}

/** The documents of a listing, as text. */
export function textsOf({ blocks, count }: Listing): string[] {
  const splitter = new ElementSplitter()
  const page = plainPage(blocks, { self: 'http://localhost' })
  const texts = splitter.push(page).map(({ bytes }) => String(bytes))
  assert.equal(texts.length, count)
  return texts
}

export function idsOf(listing: Listing): string[] {
  return textsOf(listing).map((text) => JSON.parse(text).id)
}

/** The ids of everything that has ended, in the order of the listing. */
export async function listedIds(store: Store, accountId: string): Promise<string[]> {
  const query = { window: ALWAYS, limit: 10_000, maxBytes: Number.MAX_SAFE_INTEGER }
  return idsOf(await store.listInteractions(accountId, query))
}

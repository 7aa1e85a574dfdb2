import { gunzipSync } from 'node:zlib'
import { formatInstant } from '../../src/interaction/instant.ts'
import { accountId, askedAccounts, ownerOf } from '../corpus/accounts.ts'
import { type Corpus, startOf } from '../corpus/corpus.ts'
import type { Deployment } from '../measure/deployment.ts'
import { fetchRaw } from '../measure/load.ts'

/** What a deployment has in store. */
export interface Stored {
  corpus: Corpus
  size: number
  accounts: number
}

/** A full page behind another one, as a client finds it by its link, and what it is answered with. */
export interface Page {
  account: string
  path: string
  etag: string
  gzip: Buffer
  plain: Buffer
}

/** An interaction, and what it is answered with. */
export type One = Pick<Page, 'account' | 'path' | 'gzip'>

const DAY = 24 * 60 * 60 * 1_000_000
const WEEK = 7 * DAY
const MOST_PAGES = 400
const MOST_WEEKS = 20
/** Plain bytes of the pages that are kept for their limits. */
const MOST_BYTES = 100 * 1024 * 1024
const MOST_ONES = 4000
/** Of so many the answers are kept for their limit. */
const MOST_ONE_ANSWERS = 500

/**
 * Walks listings of weeks all over the store and gives the pages found by links: some hundred different ones, so that
 * none is in a cache because it alone was asked for. Those that are not full are left out where there are others.
 */
export async function findPages(deployment: Deployment, stored: Stored, perPage: number): Promise<Page[]> {
  const weeks = weeksOf(stored)
  const share = Math.ceil(MOST_PAGES / (weeks.length * deployment.accounts.length))
  const full: Page[] = []
  const other: Page[] = []
  let bytes = 0
  for (const [from, to] of weeks) {
    for (const account of deployment.accounts) {
      let path: string | undefined = firstPath(from, to, perPage)
      for (let number = 0; number <= share && path !== undefined && bytes < MOST_BYTES; number += 1) {
        const page = await fetchPage(deployment, account, path)
        path = nextPath(page.plain)
        const byLink = number > 0 && path !== undefined
        ;(byLink ? full : other).push(page)
        bytes += page.plain.length
      }
    }
  }
  return full.length > 0 ? full : other
}

/** Interactions all over the store, in an order that no cache foresees, some of them with their answers. */
export async function findOnes(
  deployment: Deployment,
  { corpus, size, accounts }: Stored,
): Promise<{ ones: Omit<One, 'gzip'>[]; answers: Buffer[] }> {
  const ones: Omit<One, 'gzip'>[] = []
  for (let number = 0; number < Math.min(MOST_ONES, size); number += 1) {
    let index = (number * 7_919_993) % size
    while (ownerOf(index, accounts) >= askedAccounts(accounts)) index -= 1
    const account = accountId(ownerOf(index, accounts))
    ones.push({ account, path: `/v1/interactions/${corpus.document(index).id}` })
  }
  const answers: Buffer[] = []
  for (const { account, path } of ones.slice(0, MOST_ONE_ANSWERS)) {
    answers.push((await fetchGzip(deployment, account, path)).body)
  }
  return { ones, answers }
}

/** Some weeks, evenly spread from the first document to the last. */
function weeksOf({ size }: Stored): [from: number, to: number][] {
  const [from, to] = [startOf(0), startOf(size - 1)]
  const count = Math.min(MOST_WEEKS, Math.ceil((to - from + 1) / WEEK))
  const step = Math.floor((to - from + 1) / count)
  return Array.from({ length: count }, (_, index) => {
    const begins = from + index * step
    return [begins, Math.min(to, begins + WEEK)]
  })
}

function firstPath(from: number, to: number, perPage: number): string {
  const range = { interaction_started: formatInstant(from), interaction_ended: formatInstant(to) }
  return `/conversations/interactions?${new URLSearchParams({ ...range, per_page: String(perPage) })}`
}

async function fetchPage(deployment: Deployment, account: string, path: string): Promise<Page> {
  const { etag, body: gzip } = await fetchGzip(deployment, account, path)
  return { account, path, etag, gzip, plain: gunzipSync(gzip) }
}

async function fetchGzip(deployment: Deployment, account: string, path: string) {
  const headers = { ...(await deployment.authorization(account)), 'accept-encoding': 'gzip' }
  return fetchRaw(deployment.server.url, { path, headers })
}

/** Its links are the last thing on a page. */
function nextPath(page: Buffer): string | undefined {
  const tail = page.subarray(page.lastIndexOf('"_links":')).toString()
  const { _links: links } = JSON.parse(`{${tail}`) as { _links: { next?: { href: string } } }
  if (links.next === undefined) return undefined
  const { pathname, search } = new URL(links.next.href)
  return pathname + search
}

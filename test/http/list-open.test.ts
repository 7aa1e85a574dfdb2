import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type Access, createAccess, startServer } from '../fixtures/server.ts'
import { ask, interaction, message, RANGE, write } from './support.ts'

const server = await startServer({ after })
const PATH = '/v1/interactions'

interface Listed {
  id: string
  ended_at?: string
  messages: unknown[]
}

interface Page {
  _embedded: { interactions: Listed[] }
  _links: { self: { href: string }; next?: { href: string } }
}

const list = (access: Pick<Access, 'token'>, query: string, headers = {}) =>
  ask(server, query.startsWith('/') ? query : `${PATH}?${query}`, { token: access.token, headers })

async function pageOf(access: Pick<Access, 'token'>, query: string): Promise<Page> {
  const answer = await list(access, query)
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers['content-type'], 'application/hal+json')
  return JSON.parse(answer.text)
}

const idsOf = ({ _embedded }: Page) => _embedded.interactions.map(({ id }) => id)

async function follow(access: Pick<Access, 'token'>, query: string): Promise<string[]> {
  const ids: string[] = []
  for (let next: string | undefined = query; next !== undefined; ) {
    const page: Page = await pageOf(access, next)
    ids.push(...idsOf(page))
    next = page._links.next?.href.replace(server.url, '')
  }
  return ids
}

const startedIn = (year: number, id: string, more: object = {}) =>
  interaction(id, { started_at: `${year}-01-01T00:00:00Z`, ended_at: `${year}-01-01T01:00:00Z`, ...more })
const openIn = (year: number, id: string) => startedIn(year, id, { ended_at: undefined })

/** Twelve open ones and twelve that have ended, one a year each. */
async function filled(): Promise<Access> {
  const access = await createAccess(server)
  const years = Array.from({ length: 12 }, (_, n) => 2000 + n)
  const documents = years.flatMap((year) => [startedIn(year, `ended-${year}`), openIn(year, `open-${year}`)])
  await write(server, access, documents.toReversed())
  return access
}

const access = await filled()
const years = (prefix: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `${prefix}-${from + n}`)

test('each state has its own, in order of their start, over any range', async () => {
  assert.deepEqual(await follow(access, 'state=open'), years('open', 2000, 2011))
  assert.deepEqual(await follow(access, 'state=ended'), years('ended', 2000, 2011))
  assert.deepEqual(await follow(access, ''), years('ended', 2000, 2011))
  const from = 'interaction_started=2003-01-01T00:00:00Z'
  const to = 'interaction_ended=2008-01-01T00:00:00Z'
  assert.deepEqual(await follow(access, `state=open&${from}`), years('open', 2003, 2011))
  assert.deepEqual(await follow(access, `state=open&${to}`), years('open', 2000, 2008))
  assert.deepEqual(await follow(access, `${from}&${to}`), years('ended', 2003, 2008))
})

test('pages are linked by cursors that carry everything, on this path', async () => {
  for (const state of ['open', 'ended']) {
    assert.deepEqual(await follow(access, `state=${state}&per_page=5`), years(state, 2000, 2011))
    const to = 'interaction_ended=2008-01-01T00:00:00Z'
    assert.deepEqual(await follow(access, `state=${state}&per_page=2&${to}`), years(state, 2000, 2008))
    const page = await pageOf(access, `state=${state}&per_page=5`)
    assert.equal(page._links.self.href, `${server.url}${PATH}?state=${state}&per_page=5`)
    const next = new URL(page._links.next?.href ?? '')
    assert.deepEqual([next.pathname, [...next.searchParams.keys()]], [PATH, ['cursor']])
    assert.equal((await pageOf(access, `${next.pathname}${next.search}`))._links.self.href, next.href)
  }
})

test('an open one is as it is read by its id, plain and with gzip', async () => {
  const own = await createAccess(server)
  await write(server, own, [openIn(2001, 'o')])
  for (const id of ['m2', 'm3']) {
    const options = { method: 'POST', token: own.token, body: message(id) }
    assert.equal((await ask(server, `${PATH}/o/messages`, options)).status, 200)
  }
  const [one] = (await pageOf(own, 'state=open'))._embedded.interactions
  assert.equal(one?.messages.length, 3)
  assert.equal(one?.ended_at, undefined)
  assert.deepEqual(one, JSON.parse((await ask(server, `${PATH}/o`, { token: own.token })).text))
  const packed = await list(own, 'state=open', { 'accept-encoding': 'gzip' })
  assert.deepEqual(JSON.parse(gunzipSync(packed.bytes).toString())._embedded.interactions, [one])
})

test('a tag stands for a page until anything changes, also a word to an open one', async () => {
  const own = await createAccess(server)
  await write(server, own, [openIn(2001, 'o'), startedIn(2001, 'e')])
  for (const query of ['state=open', 'state=ended', '']) {
    const { etag = '' } = (await list(own, query)).headers
    assert.match(etag, /^W\//)
    const same = await list(own, query, { 'if-none-match': etag })
    assert.deepEqual([same.status, same.headers.etag], [304, etag])
    await ask(server, `${PATH}/o/messages`, { method: 'POST', token: own.token, body: message(`m${query}`) })
    assert.equal((await list(own, query, { 'if-none-match': etag })).status, 200)
  }
  const tags = await Promise.all(['state=open', 'state=ended'].map((query) => list(own, query)))
  assert.notEqual(tags[0]?.headers.etag, tags[1]?.headers.etag)
})

test('what ends leaves the one listing for the other', async () => {
  const own = await createAccess(server)
  await write(server, own, [openIn(2001, 'o')])
  assert.deepEqual([await follow(own, 'state=open'), await follow(own, '')], [['o'], []])
  await write(server, own, [startedIn(2001, 'o')])
  assert.deepEqual([await follow(own, 'state=open'), await follow(own, '')], [[], ['o']])
})

test('what cannot be used is refused by name', async () => {
  const stranger = await filled()
  const cursorOf = async (who: Access, query: string) =>
    new URL((await pageOf(who, query))._links.next?.href ?? '').searchParams.get('cursor')
  const open = await cursorOf(access, 'state=open&per_page=5')
  const foreign = await cursorOf(stranger, 'state=open&per_page=5')
  await write(
    server,
    stranger,
    Array.from({ length: 2 }, (_, n) => interaction(`l${n}`)),
  )
  const listing = await ask(server, `/interactions?${RANGE}&per_page=1`, { token: stranger.token })
  const ofListing = new URL(JSON.parse(listing.text)._links.next.href).searchParams.get('cursor')
  const rows: [who: Access, query: string, names: string[]][] = [
    [access, 'state=erased', ['state']],
    [access, 'state=', ['state']],
    [access, 'state=open&state=open', ['state']],
    [access, 'per_page=501', ['per_page']],
    [access, `cursor=${foreign}`, ['cursor']],
    [stranger, `cursor=${ofListing}`, ['cursor']],
    [access, `cursor=${open}&state=ended`, ['state']],
    [access, `cursor=${open}&per_page=6`, ['per_page']],
    [access, `cursor=${open}&interaction_started=2001-01-01T00:00:00Z`, ['interaction_started']],
    [
      access,
      'interaction_started=2002-01-01T00:00:00Z&interaction_ended=2001-01-01T00:00:00Z',
      ['interaction_started'],
    ],
    [access, 'interaction_started=yesterday', ['interaction_started']],
  ]
  for (const [who, query, names] of rows) {
    const answer = await list(who, query)
    assert.equal(answer.status, 400, query)
    const { code, fields } = JSON.parse(answer.text)
    assert.equal(code, '1904000')
    assert.deepEqual(
      fields.map(({ name }: { name: string }) => name),
      names,
    )
  }
  assert.equal((await ask(server, `/interactions?cursor=${open}`, { token: access.token })).status, 400)
  assert.equal((await list(access, `cursor=${open}&state=open&per_page=5`)).status, 200)
})

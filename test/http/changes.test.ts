import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { renewEpoch } from '../../src/feed/epoch.ts'
import { openStore } from '../../src/store/open.ts'
import { type Access, createAccess, startServer, tokenFor } from '../fixtures/server.ts'
import { draft } from '../store/contract/drafts.ts'
import { answersIn, ask, interaction, RANGE, write } from './support.ts'

const server = await startServer({ after })

interface Change {
  revision: number
  kind: string
  id: string
  interaction?: { id: string }
}

interface Page {
  changes: Change[]
  cursor: string
  end_of_stream: boolean
}

async function pageOf({ token }: Pick<Access, 'token'>, query = '', headers = {}): Promise<Page> {
  const answer = await ask(server, `/v1/changes?${query}`, { token, headers })
  assert.equal(answer.status, 200, answer.text)
  const gzip = answer.headers['content-encoding'] === 'gzip'
  return JSON.parse((gzip ? gunzipSync(answer.bytes) : answer.bytes).toString())
}

const told = ({ changes }: Page) => changes.map(({ revision, kind, id }) => `${revision} ${kind} ${id}`)

test('all changes in order, each interaction once, with what it is now; plain and with gzip', async () => {
  const access = await createAccess(server)
  const ids = ['a', 'b', '\u0001"\\ü😀']
  await write(
    server,
    access,
    ids.map((id) => interaction(id)),
  )
  await write(server, access, [
    interaction('open', { ended_at: undefined }),
    interaction('a', { queues: ['q'] }),
  ])
  const page = await pageOf(access)
  assert.deepEqual(told(page), ['2 ended b', `3 ended ${ids[2]}`, '4 open open', '5 ended a'])
  assert.equal(page.end_of_stream, true)
  assert.equal(page.changes[2]?.interaction, undefined)
  for (const { id, interaction: given } of page.changes) {
    if (id === 'open') continue
    const { text } = await ask(server, `/v1/interactions/${encodeURIComponent(id)}`, { token: access.token })
    assert.deepEqual(given, JSON.parse(text))
  }
  assert.deepEqual(await pageOf(access, '', { 'accept-encoding': 'gzip' }), page)
})

test('the cursor goes on where the page ended, and is always there and always good', async () => {
  const access = await createAccess(server)
  const empty = await pageOf(access)
  assert.deepEqual([empty.changes, empty.end_of_stream], [[], true])
  await write(
    server,
    access,
    Array.from({ length: 7 }, (_, n) => interaction(`i${n}`)),
  )
  const seen: string[] = []
  let { cursor } = empty
  for (let pages = 0; pages < 3; pages += 1) {
    const page = await pageOf(access, `per_page=3&cursor=${cursor}`)
    seen.push(...told(page))
    assert.equal(page.end_of_stream, pages === 2)
    cursor = page.cursor
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 7 }, (_, n) => `${n + 1} ended i${n}`),
  )
  const at = await pageOf(access, `cursor=${cursor}`)
  assert.deepEqual(at, { changes: [], cursor, end_of_stream: true })
  await write(server, access, [interaction('i0', { queues: ['q'] })])
  assert.deepEqual(told(await pageOf(access, `cursor=${cursor}`)), ['8 ended i0'])
})

test('from=now leaves out what has been', async () => {
  const access = await createAccess(server)
  await write(server, access, [interaction('before')])
  const { changes, cursor } = await pageOf(access, 'from=now')
  assert.deepEqual(changes, [])
  await write(server, access, [interaction('after')])
  assert.deepEqual(told(await pageOf(access, `cursor=${cursor}`)), ['2 ended after'])
})

test('wait holds the answer until something comes, and no longer than it says', async () => {
  const access = await createAccess(server)
  const waiting = pageOf(access, 'wait=30')
  await write(server, access, [interaction('first')])
  assert.deepEqual(told(await waiting), ['1 ended first'])
  const { cursor } = await pageOf(access, 'from=now')
  const other = await createAccess(server)
  const quiet = pageOf(access, `wait=1&cursor=${cursor}`)
  await write(server, other, [interaction('elsewhere')])
  assert.deepEqual(await quiet, { changes: [], cursor, end_of_stream: true })
})

test('a client that has ended its side after the request gets its answer all the same', async () => {
  const access = await createAccess(server)
  const { hostname, port } = new URL(server.address)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
  })
  const closed = once(socket, 'close')
  socket.once('end', () => socket.destroy())
  socket.end(`GET /v1/changes?wait=30 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${access.token}\r\n\r\n`)
  await once(socket, 'finish')
  // What has ended before these has been noticed before them.
  for (let times = 0; times < 5; times += 1) await ask(server, '/healthz')
  await write(server, access, [interaction('late')])
  await closed
  const [answer] = answersIn(text)
  assert.equal(answer?.status, 200)
  assert.deepEqual(told(JSON.parse(answer?.text ?? '')), ['1 ended late'])
})

test('what is written elsewhere is seen, too', async () => {
  const access = await createAccess(server)
  // As another process would: not through the application.
  const store = await openStore(`sqlite:${server.file}`)
  const waiting = pageOf(access, 'wait=30')
  await store.writeInteractions(access.accountId, [draft({ id: 'by another' })])
  assert.deepEqual(told(await waiting), ['1 ended by another'])
  await store.close()
})

test('queries that cannot be used are refused by name', async () => {
  const access = await createAccess(server)
  const stranger = await createAccess(server)
  await write(
    server,
    access,
    Array.from({ length: 60 }, (_, n) => interaction(`i${n}`)),
  )
  const listing = await ask(server, `/interactions?${RANGE}`, { token: access.token })
  const ofListing = new URL(JSON.parse(listing.text)._links.next.href).searchParams.get('cursor')
  const { cursor } = await pageOf(stranger)
  for (const [query, names] of [
    ['cursor=abc', ['cursor']],
    [`cursor=${cursor}`, ['cursor']],
    [`cursor=${ofListing}`, ['cursor']],
    ['cursor=a&cursor=b', ['cursor']],
    ['wait=31', ['wait']],
    ['wait=-1', ['wait']],
    ['wait=1&wait=2', ['wait']],
    ['from=yesterday&per_page=501', ['per_page', 'from']],
    [`from=now&cursor=${(await pageOf(access)).cursor}`, ['from']],
  ] as const) {
    const answer = await ask(server, `/v1/changes?${query}`, { token: access.token })
    assert.equal(answer.status, 400, query)
    const { code, fields } = JSON.parse(answer.text)
    assert.equal(code, '1904000')
    assert.deepEqual(
      fields.map(({ name }: { name: string }) => name),
      names,
      query,
    )
  }
  const bare = await ask(server, '/v1/changes')
  assert.equal(bare.status, 401)
  const writer = await tokenFor(server, access, ['interactions:write'])
  assert.equal((await ask(server, '/v1/changes', { token: writer })).status, 403)
  const html = await ask(server, '/v1/changes', { token: access.token, headers: { accept: 'text/html' } })
  assert.equal(html.status, 406)
  assert.equal((await ask(server, '/v1/changes', { token: access.token, method: 'HEAD' })).status, 405)
})

test('accounts see their own changes alone', async () => {
  const [one, other] = [await createAccess(server), await createAccess(server)]
  await write(server, one, [interaction('same', { queues: ['one'] })])
  await write(server, other, [interaction('x'), interaction('same', { queues: ['other'] })])
  assert.deepEqual(told(await pageOf(one)), ['1 ended same'])
  assert.deepEqual(told(await pageOf(other)), ['1 ended x', '2 ended same'])
})

test('after a backup was restored, cursors from before are gone, and a listing’s are not', async (t) => {
  const own = await startServer(t)
  const access = await createAccess(own)
  await write(
    own,
    access,
    Array.from({ length: 60 }, (_, n) => interaction(`i${n}`)),
  )
  const asked = async (query: string) => ask(own, `/v1/changes?${query}`, { token: access.token })
  const { cursor } = JSON.parse((await asked('')).text)
  const listing = JSON.parse((await ask(own, `/interactions?${RANGE}`, { token: access.token })).text)
  await renewEpoch(own.store)
  const gone = await asked(`cursor=${cursor}`)
  assert.equal(gone.status, 410)
  assert.equal(JSON.parse(gone.text).code, '1904100')
  const again = JSON.parse((await asked('')).text)
  assert.equal((await asked(`cursor=${again.cursor}`)).status, 200)
  const next = await ask(own, listing._links.next.href.replace(own.url, ''), { token: access.token })
  assert.equal(next.status, 200)
})

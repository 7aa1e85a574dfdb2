import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openKeyring, rotateCursorKey } from '../../src/auth/keyring.ts'
import { openStore } from '../../src/store/open.ts'
import { type Access, createAccess, startServer, type TestServer } from '../fixtures/server.ts'
import { ask, interaction, message, PATHS, RANGE, write } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const ids = Array.from({ length: 120 }, (_, index) => `i-${String(index).padStart(3, '0')}`)
await write(
  server,
  access,
  ids.map((id) => interaction(id)),
)

interface Page {
  _embedded: { interactions: { id: string }[] }
  _links: { self: { href: string }; next?: { href: string } }
}

async function page(of: TestServer, { token }: Access, path: string): Promise<Page> {
  const answer = await ask(of, path, { token })
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text)
}

/** The path and query of a link, which must be on the server's public URL. */
function local(link: string, of: TestServer = server): string {
  assert.ok(link.startsWith(`${of.url}/`), link)
  return link.slice(of.url.length)
}

/** Follows the links from `path` on and gives the pages. */
async function walk(path: string, of = server, by = access): Promise<Page[]> {
  const pages = [await page(of, by, path)]
  for (let next = pages[0]?._links.next; next !== undefined; next = pages.at(-1)?._links.next) {
    pages.push(await page(of, by, local(next.href, of)))
  }
  return pages
}

const idsOf = ({ _embedded }: Page) => _embedded.interactions.map(({ id }) => id)

test('following the links gives every interaction once, whatever the size of a page', async () => {
  const rows: [query: string, sizes: number[]][] = [
    ['', [50, 50, 20]],
    ['&per_page=50', [50, 50, 20]],
    ['&per_page=119', [119, 1]],
    ['&per_page=40', [40, 40, 40]],
    ['&per_page=120', [120]],
    ['&per_page=500', [120]],
    ['&per_page=1', ids.map(() => 1)],
  ]
  for (const path of PATHS) {
    for (const [query, sizes] of rows) {
      const pages = await walk(`${path}?${RANGE}${query}`)
      assert.deepEqual(
        pages.map((each) => idsOf(each).length),
        sizes,
      )
      assert.deepEqual(pages.flatMap(idsOf), ids)
    }
  }
})

test('a page has `next` exactly while another follows: absolute, on the path that was asked, with only the cursor', async () => {
  for (const path of PATHS) {
    const [first, second, last, ...more] = await walk(`${path}?${RANGE}&ignored=1`)
    assert.deepEqual(more, [])
    const micro = RANGE.replaceAll('00Z', '00.000000Z')
    assert.equal(first?._links.self.href, `${server.url}${path}?${micro}`)
    const pattern = /^\?cursor=[\w-]{40,}$/
    for (const each of [first, second]) {
      assert.deepEqual(Object.keys(each?._links ?? {}), ['self', 'next'])
      const link = each?._links.next?.href ?? ''
      assert.ok(link.startsWith(`${server.url}${path}?`), link)
      assert.match(link.slice(`${server.url}${path}`.length), pattern)
    }
    assert.equal(second?._links.self.href, first?._links.next?.href)
    assert.deepEqual(Object.keys(last?._links ?? {}), ['self'])
  }
})

test('links stand on the public URL, with its prefix', async (t) => {
  const publicUrl = 'https://example.test/prefix'
  const behind = await startServer(t, { PARLANCE_PUBLIC_URL: `${publicUrl}/` })
  const by = await createAccess(behind)
  await write(behind, by, [interaction('one'), interaction('two')])
  for (const path of PATHS) {
    const pages = await walk(`${path}?${RANGE}&per_page=1`, behind, by)
    assert.deepEqual(pages.flatMap(idsOf), ['one', 'two'])
    const micro = RANGE.replaceAll('00Z', '00.000000Z')
    assert.equal(pages[0]?._links.self.href, `${publicUrl}${path}?${micro}&per_page=1`)
    assert.ok(pages[0]?._links.next?.href.startsWith(`${publicUrl}${path}?cursor=`))
  }
})

test('the same request gives the same bytes, links included', async () => {
  for (const path of PATHS) {
    const paths = [
      `${path}?${RANGE}`,
      local((await page(server, access, `${path}?${RANGE}`))._links.next?.href ?? ''),
    ]
    for (const each of paths) {
      const answers = await Promise.all([1, 2, 3].map(() => ask(server, each, { token: access.token })))
      assert.deepEqual(new Set(answers.map(({ text }) => text)).size, 1)
    }
  }
})

test('a page stays bounded in bytes, and one larger document fills a page of its own', async () => {
  const by = await createAccess(server)
  const large = (id: string, megabytes: number) => {
    const texts = Array.from({ length: megabytes * 2 }, (_, index) =>
      message(`m${index}`, { text: id.repeat(512 * 1024) }),
    )
    return interaction(id, { messages: texts })
  }
  for (const [id, megabytes] of [
    ['a', 2],
    ['b', 1],
    ['c', 2],
    ['d', 6],
    ['e', 1],
  ] as const) {
    await write(server, by, [large(id, megabytes)])
  }
  const pages = await walk(`/interactions?${RANGE}`, server, by)
  assert.deepEqual(pages.map(idsOf), [['a', 'b'], ['c'], ['d'], ['e']])
})

test('whoever follows the links gets what was in the range throughout, though others come and go', async () => {
  const by = await createAccess(server)
  const at = (second: number) => ({
    started_at: `2024-03-10T10:00:${second}Z`,
    ended_at: '2024-03-10T11:00:00Z',
  })
  await write(
    server,
    by,
    [10, 20, 30, 40].map((second) => interaction(`s${second}`, at(second))),
  )
  const first = await page(server, by, `/interactions?${RANGE}&per_page=2`)
  assert.deepEqual(idsOf(first), ['s10', 's20'])
  const next = local(first._links.next?.href ?? '')
  await write(server, by, [
    interaction('s15', at(15)),
    interaction('s20', at(50)),
    interaction('s35', at(35)),
  ])
  assert.deepEqual((await walk(next, server, by)).flatMap(idsOf), ['s30', 's35', 's40', 's20'])

  // What followed has left the range: the link that is out still works, and its page is empty.
  const away = { started_at: '2024-04-10T10:00:00Z', ended_at: '2024-04-10T10:00:00Z' }
  await write(
    server,
    by,
    ['s30', 's35', 's40', 's20'].map((id) => interaction(id, away)),
  )
  assert.deepEqual((await walk(next, server, by)).map(idsOf), [[]])
})

const refused = (fields: [string, string][]) =>
  JSON.stringify({
    code: '1904000',
    message: 'Invalid query parameters. (Bad Request)',
    fields: fields.map(([name, description]) => ({ name, description })),
  })
const FORGED = refused([['cursor', 'is not a cursor that was given out for this account']])

async function cursorOf(path: string): Promise<string> {
  const { _links } = await page(server, access, path)
  return new URL(_links.next?.href ?? '').searchParams.get('cursor') ?? ''
}

test('a cursor with any character changed, added or taken away is refused, and so is another account’s', async () => {
  const cursor = await cursorOf(`/interactions?${RANGE}`)
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const changed = Array.from(cursor, (character, at) => {
    const other = ALPHABET[(ALPHABET.indexOf(character) + 1 + (at % 63)) % 64] ?? ''
    return cursor.slice(0, at) + other + cursor.slice(at + 1)
  })
  const bad = [
    ...changed,
    `${cursor}A`,
    `${cursor}=`,
    ` ${cursor}`,
    cursor.slice(0, -1),
    cursor.slice(1),
    cursor + cursor,
  ]
  for (const each of bad) {
    assert.notEqual(each, cursor)
    const answer = await ask(server, `/interactions?cursor=${encodeURIComponent(each)}`, {
      token: access.token,
    })
    assert.deepEqual([answer.status, answer.text], [400, FORGED], each)
  }
  const other = await createAccess(server)
  await write(
    server,
    other,
    ids.slice(0, 60).map((id) => interaction(id)),
  )
  const answer = await ask(server, `/interactions?cursor=${cursor}`, { token: other.token })
  assert.deepEqual([answer.status, answer.text], [400, FORGED])
  // Another client of the same account may go on.
  const colleague = await createAccess(server, access.accountId)
  assert.equal((await ask(server, `/interactions?cursor=${cursor}`, { token: colleague.token })).status, 200)
})

test('beside a cursor, only its own range and page size may stand', async () => {
  const cursor = await cursorOf(`/interactions?${RANGE}`)
  const plain = await ask(server, `/interactions?cursor=${cursor}`, { token: access.token })
  const beside = (more: string) =>
    ask(server, `/interactions?cursor=${cursor}&${more}`, { token: access.token })
  for (const more of [RANGE, 'per_page=50', 'interaction_started=2024-03-10T02:00:00%2B02:00', 'ignored=1']) {
    const answer = await beside(more)
    assert.deepEqual([answer.status, answer.text], [200, plain.text], more)
    assert.equal(answer.headers.etag, plain.headers.etag)
  }
  const rows: [more: string, fields: [string, string][]][] = [
    [
      'interaction_started=2024-03-10T00:00:00.000001Z',
      [
        [
          'interaction_started',
          "differs from the cursor's range (2024-03-10T00:00:00.000000Z): leave it out",
        ],
      ],
    ],
    [
      'interaction_ended=2024-03-12T00:00:00Z',
      [['interaction_ended', "differs from the cursor's range (2024-03-11T00:00:00.000000Z): leave it out"]],
    ],
    ['per_page=49', [['per_page', "differs from the cursor's (50): leave it out"]]],
    [
      'interaction_ended=soon',
      [['interaction_ended', 'must be an RFC 3339 date-time with an offset, such as 2023-06-16T00:00:02Z']],
    ],
  ]
  for (const [more, fields] of rows) {
    const answer = await beside(more)
    assert.deepEqual([answer.status, answer.text], [400, refused(fields)], more)
  }
})

test('cursors outlive a restart and a new cursor key, which changes the links that are given from then on', async (t) => {
  const HOUR = 3_600_000
  const directory = await mkdtemp(join(tmpdir(), 'parlance-test-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'parlance.db')
  // A key seals from a minute after it was made; the first one must be older than the second.
  const store = await openStore(`sqlite:${file}`)
  await openKeyring(store, undefined, () => Date.now() - HOUR)
  await store.close()
  const environment = { PARLANCE_PUBLIC_URL: 'https://example.test' }
  const restarted = async (of?: TestServer) => {
    await of?.stop()
    return startServer(t, environment, file)
  }

  const first = await restarted()
  const by = await createAccess(first)
  const { token } = by
  await write(
    first,
    by,
    ids.map((id) => interaction(id)),
  )
  const start = `/interactions?${RANGE}&per_page=30`
  const before = await ask(first, start, { token })
  const next = local((JSON.parse(before.text) as Page)._links.next?.href ?? '', first)
  const second = await ask(first, next, { token })

  const again = await restarted(first)
  assert.deepEqual((await ask(again, start, { token })).text, before.text)
  assert.deepEqual((await ask(again, next, { token })).text, second.text)

  await rotateCursorKey(again.store, undefined, { now: Date.now() - HOUR / 2 })
  const rotated = await restarted(again)
  assert.deepEqual((await walk(next, rotated, by)).flatMap(idsOf), ids.slice(30))
  const tagged = await ask(rotated, start, { token, headers: { 'if-none-match': before.headers.etag } })
  assert.equal(tagged.status, 200)
  assert.notEqual((JSON.parse(tagged.text) as Page)._links.next?.href, `${rotated.url}${next}`)
})

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { MAX_ERASED_IDS } from '../../src/store/erasure.ts'
import { type Access, createAccess, startServer } from '../fixtures/server.ts'
import { type Ask, ask, interaction, message, RANGE, until, write } from './support.ts'

const server = await startServer({ after })

const send = ({ token }: Pick<Access, 'token'>, method: string, path: string, body?: Ask['body']) =>
  ask(server, path, { method, token, body })
const eliminate = (access: Access, interaction_ids: unknown) =>
  send(access, 'DELETE', '/omnichannel/interactions/transcript', { interaction_ids })
const one = (id: string) => `/v1/interactions/${encodeURIComponent(id)}`
const PATTERN = /^[a-z2-7]{16}$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

interface Change {
  revision: number
  kind: string
  id: string
  reason?: string
}

async function changesOf(access: Access): Promise<Change[]> {
  return JSON.parse((await send(access, 'GET', '/v1/changes')).text).changes
}

async function listed(access: Access): Promise<string[]> {
  const pages = [`/interactions?${RANGE}`, '/v1/interactions', '/v1/interactions?state=open']
  const texts = await Promise.all(pages.map((path) => send(access, 'GET', path)))
  const ids = texts.flatMap(({ text }) => JSON.parse(text)._embedded.interactions.map(({ id }: Change) => id))
  return [...new Set(ids)].toSorted()
}

/** The receipt of an erasure that was taken, which its Location gives too. */
async function receiptOf(access: Access, answer: Awaited<ReturnType<typeof send>>) {
  assert.equal(answer.status, 202, answer.text)
  const receipt = JSON.parse(answer.text)
  assert.match(receipt.id, PATTERN)
  assert.match(receipt.requested_at, TIME)
  assert.equal(answer.headers.location, `${server.url}/v1/erasures/${receipt.id}`)
  const followed = await send(access, 'GET', `/v1/erasures/${receipt.id}`)
  assert.equal(followed.status, 200)
  assert.equal(followed.headers['cache-control'], 'private, no-cache')
  assert.equal(JSON.parse(followed.text).requested_at, receipt.requested_at)
  return receipt
}

/** Every way back in is closed. */
async function assertRefused(access: Access, id: string, more: object = {}, seen = true): Promise<void> {
  const document = interaction(id, more)
  const { ended_at: _, messages: __, ...opening } = document
  const ways: [method: string, path: string, body: object][] = [
    ['PUT', one(id), document],
    ['PUT', one(id), { ...document, ended_at: undefined }],
    ['POST', `${one(id)}/messages`, message('m9')],
    [
      'POST',
      `${one(id)}/messages`,
      { messages: [message('m9')], interaction: { ...opening, id: undefined } },
    ],
  ]
  for (const [method, path, body] of ways) {
    // Whose an unseen interaction would be is known only where the body says it.
    if (!seen && !('interaction' in body || 'id' in body)) continue
    const answer = await send(access, method, path, body)
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [409, '1904091'], `${method} ${path}`)
  }
  const batch = await send(access, 'POST', '/v1/interactions', { interactions: [document] })
  assert.equal(JSON.parse(batch.text).results[0].problem.code, '1904091')
  const lines = await ask(server, '/v1/interactions', {
    method: 'POST',
    token: access.token,
    headers: { 'content-type': 'application/x-ndjson' },
    body: JSON.stringify(document),
  })
  assert.equal(JSON.parse(lines.text).problems[0].code, '1904091')
  assert.equal((await send(access, 'GET', one(id))).status, 404)
}

test('an interaction is erased by its id: hidden, told, refused, and the others stay', async () => {
  const access = await createAccess(server)
  const open = interaction('open', { ended_at: undefined })
  await write(server, access, [interaction('a/é'), interaction('b'), open])
  const receipt = await receiptOf(access, await send(access, 'DELETE', one('a/é')))
  assert.deepEqual(
    [receipt.kind, receipt.state, receipt.interactions, receipt.erased_at],
    ['interactions', 'erased', 1, receipt.requested_at],
  )
  await receiptOf(access, await send(access, 'DELETE', one('open')))
  assert.deepEqual(await listed(access), ['b'])
  assert.deepEqual(
    (await changesOf(access)).map(({ kind, id, reason }) => [kind, id, reason]),
    [
      ['ended', 'b', undefined],
      ['erased', 'a/é', 'interactions'],
      ['erased', 'open', 'interactions'],
    ],
  )
  await assertRefused(access, 'a/é')
  await assertRefused(access, 'open')
})

test('an erasure with a precondition erases nothing, for it could not be held to it', async () => {
  const access = await createAccess(server)
  await write(server, access, [interaction('kept')])
  const { headers } = await send(access, 'GET', one('kept'))
  const given: [string, string][] = [
    ['if-match', `${headers.etag}`],
    ['if-match', '"1-elsewhe"'],
    ['if-none-match', '*'],
    ['if-unmodified-since', 'Mon, 09 Mar 2026 08:00:00 GMT'],
  ]
  const paths = [one('kept'), `/v1/customers/${encodeURIComponent(interaction('kept').customer_id)}`]
  for (const path of paths) {
    for (const [name, value] of given) {
      const answer = await ask(server, path, {
        method: 'DELETE',
        token: access.token,
        headers: { [name]: value },
      })
      assert.equal(answer.status, 400, `${path} ${name}`)
      assert.deepEqual(
        JSON.parse(answer.text).fields.map((field: { name: string }) => field.name),
        [name],
      )
    }
  }
  assert.equal((await send(access, 'GET', one('kept'))).status, 200)
})

test('an id that is not there is refused from then on, and erasing again finds nothing', async () => {
  const access = await createAccess(server)
  for (let times = 0; times < 2; times += 1) {
    const receipt = await receiptOf(access, await send(access, 'DELETE', one('never')))
    assert.deepEqual([receipt.interactions, receipt.state], [0, 'erased'])
  }
  await assertRefused(access, 'never')
  assert.deepEqual(
    (await changesOf(access)).map(({ kind, id }) => `${kind} ${id}`),
    ['erased never'],
  )
})

test('a customer is erased with every interaction, and what started before stays out', async () => {
  const access = await createAccess(server)
  const of = (customer_id: string, more: object = {}) => ({ customer_id, ...more })
  await write(server, access, [
    interaction('a', of('kunde 1/ä')),
    interaction('b', of('kunde 1/ä', { ended_at: undefined })),
    interaction('c', of('another')),
  ])
  const answer = await send(access, 'DELETE', `/v1/customers/${encodeURIComponent('kunde 1/ä')}`)
  const receipt = await receiptOf(access, answer)
  assert.equal(receipt.kind, 'customer')
  assert.doesNotMatch(answer.text, /kunde/)
  assert.deepEqual(await listed(access), ['c'])
  for (const id of ['a', 'b']) await assertRefused(access, id, of('kunde 1/ä'))
  await assertRefused(access, 'never seen', of('kunde 1/ä'), false)
  const later = interaction(
    'later',
    of('kunde 1/ä', { started_at: '2199-01-01T00:00:00Z', ended_at: undefined }),
  )
  assert.equal((await send(access, 'PUT', one('later'), later)).status, 201)
  // The server goes on with it by itself.
  const follow = async () => JSON.parse((await send(access, 'GET', `/v1/erasures/${receipt.id}`)).text)
  await until(async () => (await follow()).state !== 'erasing')
  const erased = (await changesOf(access)).filter(({ kind }) => kind === 'erased')
  assert.deepEqual(erased.map(({ id, reason }) => `${id} ${reason}`).toSorted(), ['a customer', 'b customer'])
  const followed = await follow()
  assert.deepEqual([followed.state, followed.interactions], ['erased', 2])
  assert.match(followed.erased_at, TIME)
})

test('all of an account is erased where the body names the account, and not otherwise', async () => {
  const access = await createAccess(server)
  await write(server, access, [interaction('a'), interaction('b')])
  const before = await server.store.getRevision(access.accountId)
  const other = await createAccess(server)
  const refused: [body: Ask['body'], status: number][] = [
    [undefined, 400],
    [{}, 400],
    [{ confirm: true }, 400],
    [{ confirm: other.accountId }, 400],
    [{ confirm: [access.accountId] }, 400],
    [[access.accountId], 400],
    ['null', 415],
    [{ confirm: access.accountId.padEnd(2000) }, 413],
  ]
  for (const [body, status] of refused) {
    const answer = await send(access, 'DELETE', '/v1/interactions', body)
    assert.equal(answer.status, status, JSON.stringify(body))
    if (status === 400) assert.equal(JSON.parse(answer.text).fields[0].name, 'confirm')
  }
  assert.deepEqual(await listed(access), ['a', 'b'])
  assert.equal(await server.store.getRevision(access.accountId), before)

  const confirmed = await send(access, 'DELETE', '/v1/interactions', { confirm: access.accountId })
  const receipt = await receiptOf(access, confirmed)
  assert.equal(receipt.kind, 'account')
  assert.deepEqual(await listed(access), [])
  await assertRefused(access, 'a')
  await assertRefused(access, 'never seen', {}, false)
})

test('transcripts are eliminated by a list of ids, as the contract has it', async () => {
  const access = await createAccess(server)
  await write(server, access, [interaction('a'), interaction('b'), interaction('c')])
  const ids = ['a', 'none', 'b', 'a', 'none']
  const answer = await eliminate(access, ids)
  const { id, ...result } = JSON.parse(answer.text)
  assert.equal(answer.status, 200)
  assert.match(id, PATTERN)
  const message = 'The requested resource was not found. (Not Found)'
  assert.deepEqual(result, {
    has_errors: true,
    errors: [{ interaction_id: 'none', code: '1904040', message }],
    total_deleted: 2,
    total_errors: 1,
  })
  const receipt = JSON.parse((await send(access, 'GET', `/v1/erasures/${id}`)).text)
  assert.deepEqual([receipt.kind, receipt.state, receipt.interactions], ['interactions', 'erased', 2])
  for (const each of ['a', 'b', 'none']) await assertRefused(access, each)
  assert.deepEqual(await listed(access), ['c'])
  const last = await eliminate(access, ['c'])
  const { has_errors, errors } = JSON.parse(last.text)
  assert.deepEqual([has_errors, errors], [false, []])
})

test('a list that cannot be used erases nothing', async () => {
  const access = await createAccess(server)
  await write(server, access, [interaction('a')])
  const many = (count: number) => Array.from({ length: count }, (_, n) => `i${n}`)
  const lists: [ids: unknown, names: string[]][] = [
    [undefined, ['interaction_ids']],
    ['a', ['interaction_ids']],
    [[], ['interaction_ids']],
    [['a', ...many(MAX_ERASED_IDS)], ['interaction_ids']],
    [['a', 7, '', 'x'.repeat(257), 'x\0'], [1, 2, 3, 4].map((n) => `interaction_ids[${n}]`)],
    [['a', null], ['interaction_ids[1]']],
  ]
  for (const [interaction_ids, names] of lists) {
    const answer = await eliminate(access, interaction_ids)
    assert.equal(answer.status, 400)
    const { code, fields } = JSON.parse(answer.text)
    assert.deepEqual([code, fields.map(({ name }: { name: string }) => name)], ['1904001', names])
  }
  for (const body of ['{"interaction_ids":["a\\ud800"]}', '[]', 'null', '{', '']) {
    const options = {
      method: 'DELETE',
      token: access.token,
      headers: { 'content-type': 'application/json' },
      body,
    }
    assert.equal((await ask(server, '/omnichannel/interactions/transcript', options)).status, 400, body)
  }
  assert.equal((await send(access, 'DELETE', '/omnichannel/interactions/transcript', 'x')).status, 415)
  assert.deepEqual(await listed(access), ['a'])
  const { total_errors } = JSON.parse((await eliminate(access, many(MAX_ERASED_IDS))).text)
  assert.equal(total_errors, MAX_ERASED_IDS)
})

test('another account’s erasures are not there, and its interactions are untouched', async () => {
  const [access, other] = [await createAccess(server), await createAccess(server)]
  for (const each of [access, other]) {
    await write(
      server,
      each,
      ['a', 'b', 'c', 'd'].map((id) => interaction(id, { customer_id: 'same' })),
    )
  }
  const receipt = await receiptOf(access, await send(access, 'DELETE', one('a')))
  for (const id of [receipt.id, 'a'.repeat(16), 'none', 'x%00', receipt.id.toUpperCase()]) {
    assert.equal((await send(other, 'GET', `/v1/erasures/${id}`)).status, 404, id)
  }
  await send(access, 'DELETE', '/omnichannel/interactions/transcript', { interaction_ids: ['b'] })
  await send(access, 'DELETE', '/v1/customers/same')
  await send(access, 'DELETE', '/v1/interactions', { confirm: access.accountId })
  assert.deepEqual(await listed(other), ['a', 'b', 'c', 'd'])
  assert.equal(await server.store.getRevision(other.accountId), 4)
  assert.equal((await send(other, 'PUT', one('a'), interaction('a', { direction: 'OUT' }))).status, 200)
})

test('whoever waits for changes is woken by an erasure, and the metrics count it', async () => {
  const erased = async () => {
    const { text } = await ask(server, '/metrics')
    const line = /^parlance_interactions_erased_total (\d+)/m
    return Number(line.exec(text)?.[1] ?? 0)
  }
  const access = await createAccess(server)
  await write(server, access, [interaction('a')])
  const before = await erased()
  const { cursor } = JSON.parse((await send(access, 'GET', '/v1/changes?from=now')).text)
  const waiting = send(access, 'GET', `/v1/changes?wait=30&cursor=${cursor}`)
  await send(access, 'DELETE', one('a'))
  const [change] = JSON.parse((await waiting).text).changes
  assert.deepEqual(change, { revision: 2, kind: 'erased', id: 'a', reason: 'interactions' })
  assert.equal(await erased(), before + 1)
})

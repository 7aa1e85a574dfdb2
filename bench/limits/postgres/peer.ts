import fastify from 'fastify'
import { Pool } from 'pg'

/**
 * What one would write by hand: Fastify and `pg` with a jsonb column, documents made into text by `JSON.stringify`. No
 * token is checked, nothing validated, nothing compressed, and the account is what the caller says.
 */
const [port, connectionString] = process.argv.slice(2)
const MOST_BYTES = 64 * 1024 * 1024
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS interactions (
    account_id text NOT NULL, id text NOT NULL, started_at timestamptz NOT NULL, document jsonb NOT NULL,
    PRIMARY KEY (account_id, id));
  CREATE INDEX IF NOT EXISTS listing ON interactions (account_id, started_at, id)`
const PAGE = `SELECT document FROM interactions
  WHERE account_id = $1 AND (started_at, id) >= ($2::timestamptz, $3) AND started_at <= $4::timestamptz
  ORDER BY started_at, id LIMIT 51`
const ONE = 'SELECT document FROM interactions WHERE account_id = $1 AND id = $2'
const INSERT = `INSERT INTO interactions (account_id, id, started_at, document)
  SELECT $1, * FROM unnest($2::text[], $3::timestamptz[], $4::jsonb[])
  ON CONFLICT (account_id, id) DO UPDATE SET started_at = excluded.started_at, document = excluded.document`

interface Interaction {
  id: string
  started_at: string
}

const pool = new Pool({ connectionString, max: 10 })
await pool.query(SCHEMA)
const app = fastify({ bodyLimit: MOST_BYTES })

app.get('/healthz', async () => 'ok')

app.get<{ Querystring: { account: string; from: string; id: string; to: string } }>(
  '/interactions',
  async ({ query: { account, from, id, to } }, reply) => {
    const { rows } = await pool.query<{ document: Interaction }>(PAGE, [account, from, id, to])
    const interactions = rows.slice(0, 50).map(({ document }) => document)
    const next = rows[50]?.document
    const links = next && { next: `/interactions?from=${next.started_at}&id=${next.id}&to=${to}` }
    reply.type('application/json')
    return JSON.stringify({ _embedded: { interactions }, _links: links })
  },
)

app.get<{ Params: { id: string }; Querystring: { account: string } }>(
  '/interactions/:id',
  async ({ params, query }, reply) => {
    const { rows } = await pool.query<{ document: Interaction }>(ONE, [query.account, params.id])
    reply.type('application/json')
    return JSON.stringify(rows[0]?.document)
  },
)

app.post<{ Querystring: { account: string }; Body: { interactions: Interaction[] } }>(
  '/interactions',
  async ({ query, body: { interactions } }) => {
    const { rowCount } = await pool.query(INSERT, [
      query.account,
      interactions.map(({ id }) => id),
      interactions.map(({ started_at }) => started_at),
      interactions.map((each) => JSON.stringify(each)),
    ])
    return { created: rowCount }
  },
)

await app.listen({ port: Number(port), host: '127.0.0.1' })
process.once('SIGTERM', async () => {
  await app.close()
  await pool.end()
})

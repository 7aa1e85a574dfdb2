import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { ApiError } from '../errors.ts'
import { refuseOtherMethods } from '../methods.ts'
import { makeStaticFile, type StaticFile, sendStaticFile } from '../static-file.ts'

/**
 * Scripts come from this server only, and requests go to it only, so the page works without a network and a token
 * that is put into it stays here. The library sets styles on elements, which only `unsafe-inline` allows.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const PRIVACY = { 'referrer-policy': 'no-referrer' }
/** For a file whose version is in its URL. */
const LASTING = 'public, max-age=31536000, immutable'
const DIRECTORY = new URL('../docs/', import.meta.url)

const HIDDEN = { schema: { hide: true }, config: { quiet: true } }

/** `GET /docs`: the try-it page, with its files; `GET /` leads there. The files are read when first asked for. */
export function docsRoute(app: FastifyInstance): void {
  let loading: Promise<Files> | undefined
  const files = () => {
    loading ??= loadFiles().catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
  app.get('/', HIDDEN, (_request, reply) => reply.redirect('docs', 302))
  app.get('/docs/', HIDDEN, (_request, reply) => reply.redirect('../docs', 302))
  app.get('/docs', HIDDEN, async (request, reply) => {
    reply.headers({ 'content-security-policy': POLICY, 'cache-control': 'no-cache', ...PRIVACY })
    return sendStaticFile(request, reply, (await files()).page)
  })
  app.get('/docs/:file', HIDDEN, async (request, reply) => {
    const { file: name } = request.params as { file: string }
    const { v: version } = request.query as { v?: unknown }
    const file = (await files()).assets.get(name)
    if (file === undefined) throw new ApiError('notFound')
    reply.headers({ 'cache-control': version === versionOf(file) ? LASTING : 'no-cache', ...PRIVACY })
    return sendStaticFile(request, reply, file)
  })
  for (const url of ['/', '/docs', '/docs/', '/docs/:file']) refuseOtherMethods(app, url, ['GET', 'HEAD'])
}

interface Files {
  page: StaticFile
  /** What the page is made of, by name. */
  assets: Map<string, StaticFile>
}

async function loadFiles(): Promise<Files> {
  const assets = new Map<string, StaticFile>()
  assets.set('scalar.js', await fileOf('scalar.js', await scalarScript()))
  for (const name of ['page.css', 'page.js', 'icon.svg']) {
    assets.set(name, await fileOf(name, await readFile(new URL(name, DIRECTORY))))
  }
  const html = await readFile(new URL('index.html', DIRECTORY), 'utf8')
  const versioned = html.replace(/"docs\/([\w.]+)"/g, (_match, name: string) => {
    const file = assets.get(name)
    if (file === undefined) throw new Error(`the page names a file that is not there: ${name}`)
    return `"docs/${name}?v=${versionOf(file)}"`
  })
  return { page: await fileOf('index.html', Buffer.from(versioned)), assets }
}

function fileOf(name: string, content: Buffer): Promise<StaticFile> {
  return makeStaticFile(TYPES[extname(name)] ?? '', content)
}

/** The hash in the tag. */
function versionOf({ etag }: StaticFile): string {
  return etag.replace(/^W\/"(.*)"$/, '$1')
}

/**
 * The library's one script. The package serves it through a plugin that also makes a page of its own, with
 * configuration inline, so the plugin is asked for the script alone, in an application that is thrown away.
 */
async function scalarScript(): Promise<Buffer> {
  const { default: plugin } = await import('@scalar/fastify-api-reference')
  const app = Fastify()
  await app.register(plugin, { routePrefix: '/scalar', configuration: { url: '/' } })
  const { rawPayload, statusCode } = await app.inject('/scalar/js/scalar.js')
  await app.close()
  if (statusCode !== 200) throw new Error(`the try-it page has no script: ${statusCode}`)
  return rawPayload
}

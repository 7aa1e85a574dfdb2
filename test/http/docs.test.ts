import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { CHAT } from '../../src/http/examples.ts'
import { createAccess, startServer } from '../fixtures/server.ts'
import { type Browser, type Page, startBrowser } from './browser.ts'
import { ask } from './support.ts'

const server = await startServer({ after })
const access = await createAccess(server)
const started = await startBrowser()
const skip = 'missing' in started ? started.missing : false
const browser = started as Browser
after(() => skip || browser.close())

describe('the try-it page', () => {
  it('is where / and /docs/ lead', async () => {
    for (const [path, location] of [
      ['/', 'docs'],
      ['/docs/', '../docs'],
    ]) {
      const answer = await ask(server, path as string)
      assert.equal(answer.status, 302)
      assert.equal(answer.headers.location, location)
    }
  })

  it('allows scripts, requests and images of this server only', async () => {
    const { status, headers } = await ask(server, '/docs')
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    const policy = new Map(
      String(headers['content-security-policy'])
        .split('; ')
        .map((directive) => [directive.split(' ')[0], directive]),
    )
    assert.equal(policy.get('default-src'), "default-src 'none'")
    assert.equal(policy.get('script-src'), "script-src 'self'")
    assert.equal(policy.get('connect-src'), "connect-src 'self'")
    assert.doesNotMatch([...policy.values()].join(), /https?:|\*|unsafe-eval/)
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-content-type-options'], 'nosniff')
  })

  it('names files that are there, that may be kept for good, and that come compressed', async () => {
    const { text } = await ask(server, '/docs')
    const names = [...text.matchAll(/"(docs\/[^"]+)"/g)].map(([, name]) => name)
    assert.equal(names.length, 4)
    assert.doesNotMatch(text, /<script(?![^>]* src=)|<style|\son\w+=/, 'nothing is inline')
    for (const name of names) {
      const file = await ask(server, `/${name}`, { headers: { 'accept-encoding': 'gzip' } })
      assert.equal(file.status, 200)
      assert.match(file.headers['cache-control'] ?? '', /immutable/)
      assert.equal(file.headers['content-encoding'], 'gzip')
      const headers = { 'if-none-match': file.headers.etag }
      assert.equal((await ask(server, `/${name}`, { headers })).status, 304)
      const unversioned = await ask(server, `/${name?.split('?')[0]}`)
      assert.equal(unversioned.headers['cache-control'], 'no-cache')
    }
  })

  it('is for GET and HEAD only, and has no other files', async () => {
    for (const path of ['/', '/docs', '/docs/', '/docs/page.js']) {
      assert.equal((await ask(server, path, { method: 'POST' })).status, 405)
      assert.notEqual((await ask(server, path, { method: 'HEAD' })).status, 405)
    }
    for (const name of ['index.html', 'nothing.js', '..%2Fapp.ts', '%2e%2e%2f%2e%2e%2fmain.ts']) {
      assert.equal((await ask(server, `/docs/${name}`)).status, 404, name)
    }
  })

  it('is not part of the OpenAPI document', async () => {
    const { paths } = JSON.parse((await ask(server, '/openapi.json')).text)
    assert.deepEqual(
      Object.keys(paths).filter((path) => /^\/(docs.*|openapi.json)?$/.test(path)),
      [],
    )
  })
})

describe('the try-it page in a browser', { skip, timeout: 120_000 }, () => {
  const LISTING = '#tag/conversations/GET/conversations/interactions'
  const PUT = '#tag/interactions/PUT/v1/interactions/{id}'
  const SAMPLE = '[aria-label^="Code sample"]'

  /** Opens the page; whatever it asks another host for, or complains about, ends up in `faults`. */
  async function open(options: Parameters<Browser['newPage']>[0] = {}) {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, ...options })
    const faults: string[] = []
    page.on('request', (request) => {
      if (!/^data:|^blob:/.test(request.url()) && !request.url().startsWith(`${server.address}/`))
        faults.push(request.url())
    })
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text())
    })
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(`${server.address}/`)
    await page.getByRole('heading', { name: 'Parlance' }).first().waitFor()
    return { page, faults }
  }

  async function enterToken(page: Page): Promise<void> {
    await page.getByPlaceholder('Token').first().click()
    await page.keyboard.insertText(access.token)
    await page.keyboard.press('Tab')
  }

  const go = (page: Page, hash: string) => page.evaluate(`void (location.hash = ${JSON.stringify(hash)})`)

  it('shows a request with its body and token as curl, JavaScript and Python', async () => {
    const { page, faults } = await open()
    await enterToken(page)
    const languages = [
      ['Python', 'requests.put('],
      ['JavaScript', "method: 'PUT'"],
      ['Shell', '--request PUT'],
    ] as const
    for (const [language, call] of languages) {
      await go(page, '#description/introduction')
      await page.getByRole('tab', { name: language }).first().click()
      await go(page, PUT)
      const sample = page.locator(SAMPLE).filter({ hasText: call }).first()
      await sample.waitFor()
      const text = (await sample.textContent()) ?? ''
      assert.ok(text.includes(call), text)
      assert.ok(text.includes(`${server.address}/v1/interactions/${CHAT.id}`), text)
      assert.ok(text.includes(`Bearer ${access.token}`), text)
      assert.ok(text.includes(CHAT.messages[1]?.text as string), text)
    }
    assert.deepEqual(faults, [])
    await page.close()
  })

  const calls: [name: RegExp, hash: string, ...expected: string[]][] = [
    [/Test Request.*put \/v1\/interactions/is, PUT, '201 Created', '"created"'],
    [/Test Request.*get \/conversations/is, LISTING, '200 OK', '"_embedded"'],
  ]
  for (const [name, hash, ...expected] of calls) {
    it(`sends a request with the token, asks no other host, and keeps no token: ${hash}`, async () => {
      const { page, faults } = await open()
      assert.equal(page.url().split('#')[0], `${server.address}/docs`)
      await enterToken(page)
      await go(page, hash)
      await page.getByRole('button', { name }).click()
      await page.getByRole('button', { name: /^Send/ }).first().click()
      for (const text of expected) await page.getByText(text).first().waitFor()
      assert.deepEqual(faults, [])
      const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'
      assert.ok(!(await page.evaluate<string>(kept)).includes(access.token))
      await page.close()
    })
  }

  it('fetches a token for a client id and its secret', async () => {
    const { page, faults } = await open()
    await page
      .getByRole('button', { name: /auth type/i })
      .first()
      .click()
    await page.getByRole('option', { name: 'oauth2' }).first().click()
    await page.getByRole('option', { name: 'bearer' }).first().click()
    await page.keyboard.press('Escape')
    for (const [label, value] of [
      ['Client ID', access.clientId],
      ['Client Secret', access.clientSecret],
    ] as const) {
      await page.getByText(label, { exact: true }).first().click()
      await page.keyboard.insertText(value)
      await page.keyboard.press('Tab')
    }
    await page.getByRole('button', { name: 'Authorize' }).first().click()
    await page.getByRole('button', { name: 'Clear tokens' }).first().waitFor()
    await go(page, LISTING)
    await page.getByRole('button', { name: /Test Request.*get \/conversations/is }).click()
    await page.getByRole('button', { name: /^Send/ }).first().click()
    await page.getByText('200 OK').first().waitFor()
    assert.deepEqual(faults, [])
    await page.close()
  })

  it('follows the system into the dark, and fits a narrow screen', async () => {
    const narrow = { viewport: { width: 390, height: 844 } }
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, faults } = await open({ ...narrow, colorScheme })
      const [width, background] = await page.evaluate<[number, string]>(
        '[document.documentElement.scrollWidth, getComputedStyle(document.querySelector(".scalar-app")).backgroundColor]',
      )
      assert.equal(width, 390)
      const [red = 255] = background.match(/\d+/g)?.map(Number) ?? []
      assert.equal(red < 128, colorScheme === 'dark', background)
      assert.deepEqual(faults, [])
      await page.close()
    }
  })
})

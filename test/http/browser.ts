import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

/** The little of Playwright that these tests use; it is not there everywhere. */
export interface Locator {
  first(): Locator
  filter(options: { hasText: string }): Locator
  click(): Promise<void>
  textContent(): Promise<string | null>
  waitFor(): Promise<void>
}

export interface Page {
  goto(url: string): Promise<unknown>
  url(): string
  evaluate<T>(script: string): Promise<T>
  locator(selector: string): Locator
  getByRole(role: string, options: { name: string | RegExp }): Locator
  getByPlaceholder(text: string): Locator
  getByText(text: string, options?: { exact: boolean }): Locator
  keyboard: { insertText(text: string): Promise<void>; press(key: string): Promise<void> }
  on(event: 'request', listener: (request: { url(): string }) => void): void
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void
  on(event: 'pageerror', listener: (error: Error) => void): void
}

export interface Browser {
  newPage(options?: {
    viewport?: { width: number; height: number }
    colorScheme?: 'light' | 'dark'
  }): Promise<Page & { close(): Promise<void> }>
  close(): Promise<void>
}

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Starts the system's Chromium through playwright-core; gives what is missing where one of them is not there. */
export async function startBrowser(): Promise<Browser | { missing: string }> {
  const executablePath = PROGRAMS.find((path) => existsSync(path))
  if (executablePath === undefined) return { missing: 'no Chromium on this machine' }
  let playwright: { chromium: { launch(options: object): Promise<Browser> } }
  try {
    playwright = createRequire(import.meta.url)('playwright-core')
  } catch {
    return { missing: 'playwright-core is not installed' }
  }
  return playwright.chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

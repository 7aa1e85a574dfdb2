import type { Conversation } from './conversations.ts'
import { PUBLIC_URL } from './deployment.ts'

interface Page {
  _embedded: { interactions: Conversation[] }
  _links: { self: { href: string }; next?: { href: string } }
}

/** What a client asks of a server process, whatever its public URL is. */
export function clientOf(url: string, token: string) {
  const local = (href: string) => href.replace(PUBLIC_URL, url)
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(path.startsWith('http') ? local(path) : url + path, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    })
  const json = async <Value>(path: string, init?: RequestInit): Promise<Value> => {
    const response = await ask(path, init)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
    return JSON.parse(text)
  }
  return {
    ask,
    json,
    page: (path: string) => json<Page>(path),
    put: (interaction: Conversation) =>
      ask(`/v1/interactions/${encodeURIComponent(interaction.id)}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(interaction),
      }),
    batch: <Value>(interactions: object[]) =>
      json<Value>('/v1/interactions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ interactions }),
      }),
    /** Every interaction of a listing, by following its links. */
    async list(query: string, headers: Record<string, string> = {}): Promise<Conversation[]> {
      const all: Conversation[] = []
      let next: string | undefined = `/conversations/interactions?${query}`
      while (next !== undefined) {
        const page: Page = await json<Page>(next, { headers })
        all.push(...page._embedded.interactions)
        next = page._links.next?.href
      }
      return all
    },
  }
}

export type ApiClient = ReturnType<typeof clientOf>

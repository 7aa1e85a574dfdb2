/** What a token may allow. One scope guards one kind of call; a client is granted any of them. */
export const SCOPES = {
  'interactions-public:read': 'read interactions and their messages',
  'interactions:write': 'create and change interactions, add messages',
  'interactions:erase': 'erase interactions and customers for good',
  'omnichannel:interaction-elimination': 'erase transcripts by interaction id, as Talkdesk’s clients do',
} as const

export type Scope = keyof typeof SCOPES

/** The scopes of a space-separated string, each once, in order. */
export function scopesOf(text: string): string[] {
  return [...new Set(text.split(' ').filter((scope) => scope !== ''))]
}

export function isKnownScope(scope: string): scope is Scope {
  return Object.hasOwn(SCOPES, scope)
}

/** Talkdesk's regions: the base URL of the API, and the domain of the accounts' token hosts (contract A4). */
export const REGIONS = {
  US: { api: 'https://api.talkdeskapp.com', tokens: 'talkdeskid.com' },
  EU: { api: 'https://api.talkdeskapp.eu', tokens: 'talkdeskid.eu' },
  CA: { api: 'https://api.talkdeskappca.com', tokens: 'talkdeskidca.com' },
} as const

export type Region = keyof typeof REGIONS

export function isRegion(name: string): name is Region {
  return Object.hasOwn(REGIONS, name)
}

/** Where an account of Talkdesk's gets its tokens. `account` is its name, as in its own host. */
export function talkdeskTokenUrl(region: Region, account: string): string {
  return `https://${account}.${REGIONS[region].tokens}/oauth/token`
}

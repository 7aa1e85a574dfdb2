/** So many accounts at most are asked for pages; further ones only share the store with them. */
const MOST_ASKED = 20

export function accountId(number: number): string {
  return `bench-${number}`
}

/** The accounts that are asked, of so many. */
export function askedAccounts(accounts: number): number {
  return Math.min(accounts, MOST_ASKED)
}

/**
 * Whose document this is. Those that are asked share every other document where there are more accounts than them, so
 * that they have full pages in any case; the rest is dealt out among the others.
 */
export function ownerOf(index: number, accounts: number): number {
  if (accounts <= MOST_ASKED) return index % accounts
  const turn = Math.floor(index / 2)
  return index % 2 === 0 ? turn % MOST_ASKED : MOST_ASKED + (turn % (accounts - MOST_ASKED))
}

/** How many of the first `size` documents are the first account's. */
export function ownedByFirst(size: number, accounts: number): number {
  return Math.ceil(accounts <= MOST_ASKED ? size / accounts : Math.ceil(size / 2) / MOST_ASKED)
}

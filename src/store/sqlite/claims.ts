import type { DatabaseSync } from 'node:sqlite'
import { CLAIM_PREFIX, MAX_CLAIM } from '../claim.ts'

export function claimWrites(db: DatabaseSync) {
  const get = db.prepare('SELECT value FROM settings WHERE name = ?')
  const set = db.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  const remove = db.prepare('DELETE FROM settings WHERE name = ?')

  function isFree(name: string, holder: string, now: number): boolean {
    const row = get.get(name) as { value: string } | undefined
    if (row === undefined) return true
    const space = row.value.lastIndexOf(' ')
    const until = Number(row.value.slice(space + 1))
    return row.value.slice(0, space) === holder || until <= now || until > now + MAX_CLAIM
  }

  return {
    claim(work: string, holder: string, now: number, until: number): boolean {
      const name = `${CLAIM_PREFIX}${work}`
      if (!isFree(name, holder, now)) return false
      if (until === 0) remove.run(name)
      else set.run(name, `${holder} ${until}`)
      return true
    },
  }
}

import type { DatabaseSync } from 'node:sqlite'
import type { Key } from '../store.ts'

const LIST = `SELECT key_id AS keyId, purpose, material, sealed, created_at AS createdAt, retire_at AS retireAt
  FROM keys ORDER BY created_at, key_id`

export function keyReads(db: DatabaseSync) {
  const list = db.prepare(LIST)
  const setting = db.prepare('SELECT value FROM settings WHERE name = ?')
  return {
    listKeys: () => list.all().map(keyOf),
    getSetting: (name: string) => (setting.get(name) as { value: string } | undefined)?.value,
  }
}

function keyOf(row: unknown): Key {
  const { sealed, retireAt, ...key } = row as Omit<Key, 'sealed' | 'retireAt'> & {
    sealed: number
    retireAt: number | null
  }
  return { ...key, sealed: sealed === 1, retireAt: retireAt ?? undefined }
}

export function keyWrites(db: DatabaseSync) {
  const list = db.prepare(LIST)
  const put = db.prepare(
    `INSERT INTO keys (key_id, purpose, material, sealed, created_at, retire_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (key_id) DO UPDATE SET material = excluded.material, sealed = excluded.sealed,
       retire_at = excluded.retire_at`,
  )
  const any = db.prepare('SELECT 1 FROM keys WHERE purpose = ? LIMIT 1')
  const add = db.prepare(
    'INSERT INTO keys (key_id, purpose, material, sealed, created_at, retire_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const retire = db.prepare(
    'UPDATE keys SET retire_at = ?1 WHERE purpose = ?2 AND (retire_at IS NULL OR retire_at > ?1)',
  )
  const replace = db.prepare('UPDATE keys SET material = ?, sealed = ? WHERE key_id = ?')
  const set = db.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  function columnsOf({ keyId, purpose, material, sealed, createdAt, retireAt }: Key) {
    return [keyId, purpose, material, sealed ? 1 : 0, createdAt, retireAt ?? null] as const
  }
  function insert(key: Key): void {
    add.run(...columnsOf(key))
  }
  return {
    putKey(key: Key): void {
      put.run(...columnsOf(key))
    },
    ensureKey(key: Key): Key[] {
      if (any.get(key.purpose) === undefined) insert(key)
      return list.all().map(keyOf)
    },
    rotateKey(key: Key, retireAt: number | undefined): void {
      if (retireAt !== undefined) retire.run(retireAt, key.purpose)
      insert(key)
    },
    replaceKeyMaterial(keys: Pick<Key, 'keyId' | 'material' | 'sealed'>[]): void {
      for (const { keyId, material, sealed } of keys) {
        const { changes } = replace.run(material, sealed ? 1 : 0, keyId)
        if (changes !== 1) throw new Error(`there is no key ${keyId}`)
      }
    },
    setSetting(name: string, value: string): void {
      set.run(name, value)
    },
  }
}

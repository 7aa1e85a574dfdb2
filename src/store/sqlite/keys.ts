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
  function insertKey({ keyId, purpose, material, sealed, createdAt, retireAt = undefined }: Key): void {
    add.run(keyId, purpose, material, sealed ? 1 : 0, createdAt, retireAt ?? null)
  }
  return {
    insertKey,
    ensureKey(key: Key): Key[] {
      if (any.get(key.purpose) === undefined) insertKey(key)
      return list.all().map(keyOf)
    },
    rotateKey(key: Key, retireAt: number | undefined): void {
      if (retireAt !== undefined) retire.run(retireAt, key.purpose)
      insertKey(key)
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

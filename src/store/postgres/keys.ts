import type { Key, KeyPurpose } from '../store.ts'
import type { Database, Transaction } from './database.ts'
import { sql } from './statement.ts'
import { booleanIn, bytesIn, integerIn, maybe, textIn } from './wire/decode.ts'
import type { Statement } from './wire/encode.ts'
import type { Row } from './wire/row.ts'

const LIST = sql(
  'SELECT key_id, purpose, material, sealed, created_at, retire_at FROM parlance.keys ORDER BY created_at, key_id',
)
/** The setting that is written for its lock alone. */
export const TURN_NAME = 'keys changed'
/** Whoever adds keys writes this row first, and so waits for others that do. */
const TURN = sql(
  `INSERT INTO parlance.settings (name, value) VALUES ('keys changed', '')
   ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
)

export function keyQueries(database: Database) {
  return {
    async listKeys(): Promise<Key[]> {
      const { rows } = await database.run(LIST)
      return rows.map(keyOf)
    },

    async ensureKey(key: Key): Promise<Key[]> {
      const { rows } = await database.run(LIST)
      if (has(rows, key)) return rows.map(keyOf)
      return database.transaction(async (transaction) => {
        const [, found] = await transaction.run(TURN, LIST)
        if (found !== undefined && has(found.rows, key)) return found.rows.map(keyOf)
        const [, all] = await transaction.commit(adding(key), LIST)
        return all?.rows.map(keyOf) ?? []
      })
    },

    rotateKey(key: Key, retireAt: number | undefined): Promise<void> {
      const retiring = retireAt === undefined ? [] : [retire(key.purpose, retireAt)]
      return database.transaction(async (transaction) => {
        await transaction.commit(TURN, ...retiring, adding(key))
      })
    },

    replaceKeyMaterial(keys: Pick<Key, 'keyId' | 'material' | 'sealed'>[]): Promise<void> {
      return database.transaction((transaction) => replaceAll(transaction, keys))
    },

    async getSetting(name: string): Promise<string | undefined> {
      const { rows } = await database.run(sql('SELECT value FROM parlance.settings WHERE name = $1', name))
      return rows[0] && textIn(rows[0].column(0))
    },

    async setSetting(name: string, value: string): Promise<void> {
      await database.run(
        sql(
          `INSERT INTO parlance.settings (name, value) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
          name,
          value,
        ),
      )
    },
  }
}

function has(rows: Row[], { purpose }: Key): boolean {
  return rows.some((row) => textIn(row.column(1)) === purpose)
}

/** Adds a key that is not there. */
export function adding({ keyId, purpose, material, sealed, createdAt, retireAt }: Key): Statement {
  return sql(
    `INSERT INTO parlance.keys (key_id, purpose, material, sealed, created_at, retire_at)
     VALUES ($1, $2, $3, $4, $5, $6::bigint)`,
    keyId,
    purpose,
    material,
    sealed,
    createdAt,
    retireAt,
  )
}

function retire(purpose: KeyPurpose, retireAt: number): Statement {
  return sql(
    'UPDATE parlance.keys SET retire_at = $2 WHERE purpose = $1 AND (retire_at IS NULL OR retire_at > $2)',
    purpose,
    retireAt,
  )
}

async function replaceAll(
  transaction: Transaction,
  keys: Pick<Key, 'keyId' | 'material' | 'sealed'>[],
): Promise<void> {
  for (const { keyId, material, sealed } of keys) {
    const [replaced] = await transaction.run(
      sql('UPDATE parlance.keys SET material = $2, sealed = $3 WHERE key_id = $1', keyId, material, sealed),
    )
    if (replaced?.count !== 1) throw new Error(`there is no key ${keyId}`)
  }
  await transaction.commit()
}

function keyOf([keyId, purpose, material, sealed, createdAt, retireAt]: Row): Key {
  return {
    keyId: textIn(keyId),
    purpose: textIn(purpose) as KeyPurpose,
    // A copy: the row is a view of all that was received with it.
    material: Uint8Array.from(bytesIn(material)),
    sealed: booleanIn(sealed),
    createdAt: integerIn(createdAt),
    retireAt: maybe(retireAt, integerIn),
  }
}

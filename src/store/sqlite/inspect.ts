import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Inspection } from '../store.ts'
import { schemaVersion } from './migrate.ts'

const GIBIBYTE = 1024 ** 3
/** Checking reads the whole file; larger ones take minutes and are left to an operator who asks SQLite itself. */
const MAX_CHECKED = 2 * GIBIBYTE
const MIN_FREE = 1 * GIBIBYTE

/** What `doctor` says of an embedded store. */
export function inspect(db: DatabaseSync, path: string): Inspection[] {
  const size = statSync(path).size
  return [
    fileCheck(path, size),
    schemaCheck(db),
    durabilityCheck(db),
    integrityCheck(db, path, size),
    spaceCheck(path),
  ]
}

function fileCheck(path: string, size: number): Inspection {
  const shared = (statSync(path).mode & 0o077) !== 0
  return {
    name: 'store file',
    ok: !shared,
    detail: `${path}, ${(size / 1024 ** 2).toFixed(1)} MiB${shared ? ', readable by others than its owner' : ''}`,
    advice: shared ? `It holds conversations and secrets: chmod 600 ${path}` : undefined,
  }
}

function schemaCheck(db: DatabaseSync): Inspection {
  return { name: 'store schema', ok: true, detail: `version ${schemaVersion(db)}` }
}

function durabilityCheck(db: DatabaseSync): Inspection {
  const mode = (db.prepare('PRAGMA journal_mode').get() as { journal_mode: string }).journal_mode
  return {
    name: 'store durability',
    ok: mode === 'wal',
    detail: `journal ${mode}, synchronous FULL`,
    advice:
      mode === 'wal' ? undefined : 'The file system may not support WAL: keep the file on a local disk.',
  }
}

function integrityCheck(db: DatabaseSync, path: string, size: number): Inspection {
  const name = 'store integrity'
  if (size > MAX_CHECKED) {
    return { name, ok: true, detail: `not read, for its size; run: sqlite3 ${path} "PRAGMA quick_check"` }
  }
  const rows = db.prepare('PRAGMA quick_check(3)').all() as { quick_check: string }[]
  const ok = rows.length === 1 && rows[0]?.quick_check === 'ok'
  return {
    name,
    ok,
    detail: rows.map((row) => row.quick_check).join('; '),
    advice: ok
      ? undefined
      : 'The file is damaged: stop the server, keep a copy, and restore the last backup.',
  }
}

function spaceCheck(path: string): Inspection {
  const { bavail, bsize } = statfsSync(dirname(path))
  const free = bavail * bsize
  return {
    name: 'disk space',
    ok: free >= MIN_FREE,
    detail: `${(free / GIBIBYTE).toFixed(1)} GiB free`,
    advice: free >= MIN_FREE ? undefined : 'Free some space: writes are refused (503) when the disk is full.',
  }
}

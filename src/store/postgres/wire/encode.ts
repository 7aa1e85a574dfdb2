import type { RowReader } from './rows.ts'

/** A value of a statement. What it is on the wire follows from its class; `undefined` is NULL. */
export type Value = string | number | boolean | Uint8Array | ArrayValue | undefined

/** An array, made by one of the functions below. */
export interface ArrayValue {
  oid: number
  bytes: Buffer
}

export interface Statement {
  text: string
  values: readonly Value[]
  /** Makes what takes its rows, once for each time it is run; without it they are kept as they are. */
  reader?: () => RowReader
}

// OIDs of the types (pg_type.dat), which never change.
const BOOL = 16
const BYTEA = 17
const INT8 = 20
const TEXT = 25
const BYTEA_ARRAY = 1001
const TEXT_ARRAY = 1009
const INT8_ARRAY = 1016

/** `text[]`; undefined is NULL. */
export function texts(values: readonly (string | undefined | null)[]): ArrayValue {
  const lengths = values.map((value) => (value == null ? NULL : Buffer.byteLength(value)))
  return arrayOf(TEXT_ARRAY, TEXT, lengths, (bytes, at, index) => bytes.write(values[index] as string, at))
}

/** `bigint[]`; undefined is NULL. */
export function integers(values: readonly (number | undefined)[]): ArrayValue {
  const lengths = values.map((value) => (value === undefined ? NULL : INT8_BYTES))
  return arrayOf(INT8_ARRAY, INT8, lengths, (bytes, at, index) => {
    writeInteger(bytes, at, values[index] as number)
  })
}

/** `bytea[]`; undefined is NULL. */
export function byteStrings(values: readonly (Uint8Array | undefined)[]): ArrayValue {
  const lengths = values.map((value) => value?.length ?? NULL)
  return arrayOf(BYTEA_ARRAY, BYTEA, lengths, (bytes, at, index) => {
    bytes.set(values[index] as Uint8Array, at)
  })
}

const NULL = -1
const INT8_BYTES = 8

/**
 * The binary form of an array of one dimension (array_recv). `write` puts the value of an index where it belongs: with a
 * Buffer for each value first, those of a batch were a good part of its garbage.
 */
function arrayOf(
  oid: number,
  elementOid: number,
  lengths: readonly number[],
  write: (bytes: Buffer, at: number, index: number) => void,
): ArrayValue {
  const head = lengths.length === 0 ? 12 : 20
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), head))
  bytes.writeInt32BE(lengths.length === 0 ? 0 : 1, 0)
  bytes.writeInt32BE(lengths.includes(NULL) ? 1 : 0, 4)
  bytes.writeInt32BE(elementOid, 8)
  if (lengths.length > 0) {
    bytes.writeInt32BE(lengths.length, 12)
    bytes.writeInt32BE(1, 16)
  }
  let at = head
  for (let index = 0; index < lengths.length; index += 1) {
    const length = lengths[index] as number
    at = bytes.writeInt32BE(length, at)
    if (length === NULL) continue
    write(bytes, at, index)
    at += length
  }
  return { oid, bytes }
}

function integer(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(INT8_BYTES)
  writeInteger(bytes, 0, value)
  return bytes
}

function writeInteger(bytes: Buffer, at: number, value: number): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number that is exact`)
  bytes.writeInt32BE(Math.floor(value / 2 ** 32), at)
  bytes.writeUInt32BE(value - Math.floor(value / 2 ** 32) * 2 ** 32, at + 4)
}

function oidOf(value: Value): number {
  if (typeof value === 'string') return TEXT
  if (typeof value === 'number') return INT8
  if (typeof value === 'boolean') return BOOL
  if (value === undefined) return 0
  return value instanceof Uint8Array ? BYTEA : value.oid
}

function bytesOf(value: Value): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value)
  if (typeof value === 'number') return integer(value)
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0])
  return value === undefined || value instanceof Uint8Array ? value : value.bytes
}

const BINARY = 1
/** Bytes of the messages of a statement besides its names, text, types and values. */
const FIXED_BYTES = 5 + 1 + 2 + 5 + 1 + 2 + 2 + 2 + 2 + 2 + 5 + 1 + 4
const SYNC = Buffer.from([0x53, 0, 0, 0, 4])

/** What is sent of a statement: under a name where it is kept by the connection, and `parsed` where it is kept already. */
export interface Sent extends Statement {
  name: string
  parsed: boolean
}

/**
 * Statements as the messages of one round trip: Parse, Bind and Execute of each, then one Sync. All values travel in
 * binary, there and back, and rows are not described, since whoever asks knows their columns.
 */
export function encodeStatements(statements: readonly Sent[]): Buffer {
  const values = statements.map((statement) => statement.values.map(bytesOf))
  const length = statements.reduce(
    (sum, statement, index) => sum + bytesFor(statement, values[index] as (Uint8Array | undefined)[]),
    SYNC.length,
  )
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (const [index, statement] of statements.entries()) {
    if (!statement.parsed) at = writeParse(bytes, at, statement)
    at = writeBind(bytes, at, statement, values[index] as (Uint8Array | undefined)[])
    at = writeExecute(bytes, at)
  }
  bytes.set(SYNC, at)
  return bytes.subarray(0, at + SYNC.length)
}

function bytesFor({ text, name }: Sent, values: (Uint8Array | undefined)[]): number {
  const data = values.reduce((sum, value) => sum + 8 + (value?.length ?? 0), 0)
  return FIXED_BYTES + Buffer.byteLength(text) + 1 + 2 * (name.length + 1) + data
}

function writeParse(bytes: Buffer, from: number, { text, name, values }: Sent): number {
  bytes[from] = 0x50
  let at = from + 5
  at = writeString(bytes, at, name)
  at = writeString(bytes, at, text)
  at = bytes.writeInt16BE(values.length, at)
  for (const value of values) at = bytes.writeInt32BE(oidOf(value), at)
  return endMessage(bytes, from, at)
}

function writeBind(bytes: Buffer, from: number, { name }: Sent, values: (Uint8Array | undefined)[]): number {
  bytes[from] = 0x42
  let at = from + 5
  at = writeString(bytes, at, '')
  at = writeString(bytes, at, name)
  at = bytes.writeInt16BE(1, at)
  at = bytes.writeInt16BE(BINARY, at)
  at = bytes.writeInt16BE(values.length, at)
  for (const value of values) {
    at = bytes.writeInt32BE(value?.length ?? -1, at)
    if (value === undefined) continue
    bytes.set(value, at)
    at += value.length
  }
  at = bytes.writeInt16BE(1, at)
  at = bytes.writeInt16BE(BINARY, at)
  return endMessage(bytes, from, at)
}

function writeExecute(bytes: Buffer, from: number): number {
  bytes[from] = 0x45
  const at = writeString(bytes, from + 5, '')
  return endMessage(bytes, from, bytes.writeInt32BE(0, at))
}

function writeString(bytes: Buffer, at: number, text: string): number {
  const end = at + bytes.write(text, at)
  bytes[end] = 0
  return end + 1
}

/** Writes the length of a message, which counts itself and not the letter before it. */
function endMessage(bytes: Buffer, from: number, to: number): number {
  bytes.writeInt32BE(to - from - 1, from + 1)
  return to
}

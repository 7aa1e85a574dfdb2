import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { Connection } from 'pg'
import { type DataRow, type Message, MessageParser } from './parser.ts'
import type { Row } from './row.ts'

/** Statements that the server keeps in vain: some tens of kilobytes each, until the connection ends. */
const MAX_FORGOTTEN = 50

/** The client library's connection, with rows as bytes and the statements that the server keeps for it. */
export class BinaryConnection extends Connection {
  /** The names of statements by their text; undefined where none may be kept. */
  #kept: Map<string, string> | undefined
  #names = 0
  #forgotten = 0
  /** Where rows go; undefined while nothing is asked for. */
  rows: Row[] | undefined

  attachListeners(stream: Duplex): void {
    // What TLS has deciphered lies in memory that it uses again.
    const parser = new MessageParser(!(stream instanceof TLSSocket))
    const tell = (message: Message) => {
      // Fifty a page: not by way of an event, and of the library's query.
      if (message.name === 'dataRow' && this.rows !== undefined) this.rows.push((message as DataRow).fields)
      else this.emit(message.name === 'error' ? 'errorMessage' : message.name, message)
    }
    stream.on('data', (bytes: Buffer) => parser.push(bytes, tell))
  }

  /** From now on the server keeps statements, so that each is read and planned once. */
  keepStatements(): void {
    this.#kept = new Map()
  }

  /** The name of a statement, empty where it has none, and whether the server knows it already. */
  nameOf(text: string): { name: string; parsed: boolean } {
    const name = this.#kept?.get(text)
    if (name !== undefined) return { name, parsed: true }
    if (this.#kept === undefined) return { name: '', parsed: false }
    this.#names += 1
    const given = `s${this.#names}`
    this.#kept.set(text, given)
    return { name: given, parsed: false }
  }

  /** After an error it is not known which statements arrived: these get other names the next time. */
  forget(texts: Iterable<string>): void {
    for (const text of texts) if (this.#kept?.delete(text)) this.#forgotten += 1
  }

  /** Whether the server may keep so many forgotten statements for it that another connection is better. */
  get isWorn(): boolean {
    return this.#forgotten >= MAX_FORGOTTEN
  }
}

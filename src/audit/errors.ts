/** The audit stream cannot be opened, so the server does not start: what it did would not be recorded. */
export class AuditUnusable extends Error {
  override readonly name = 'AuditUnusable'

  constructor(destination: string, cause: NodeJS.ErrnoException) {
    super(`Cannot write the audit stream to ${destination}: ${cause.code}.`, { cause })
  }
}

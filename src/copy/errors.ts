/** A copy that cannot be made, or cannot go on; the message says what to do. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused'
}

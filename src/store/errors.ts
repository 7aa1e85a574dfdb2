/** The store cannot be reached or cannot write now (locked, full, gone). The request may be tried again. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** The store cannot be used as it is: not ours, from a newer version, or named wrongly. Says what to do. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable'
}

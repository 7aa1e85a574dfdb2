/** Milliseconds for which a work may be taken on. A claim that lasts longer was made by a clock that was far ahead, and holds nobody up. */
export const MAX_CLAIM = 24 * 60 * 60 * 1000

/** Milliseconds for which a work may be taken on. A claim that lasts longer was made by a clock that was far ahead, and holds nobody up. */
export const MAX_CLAIM = 24 * 60 * 60 * 1000

/** Settings that say who has taken on a work of the whole deployment, and until when: `HOLDER UNTIL`. They are not copied. */
export const CLAIM_PREFIX = 'claim:'

/** The bounds of a document. Each one is stated in docs/reference/limits.md. */

const KIBIBYTE = 1024
const MEBIBYTE = 1024 * KIBIBYTE

/** An id is an opaque string of 1 to this many bytes of UTF-8. */
export const MAX_ID_BYTES = 256
/** Names, intents, ring groups and queues. */
export const MAX_NAME_BYTES = 1 * KIBIBYTE
/** The text of one message. */
export const MAX_TEXT_BYTES = 1 * MEBIBYTE
/** Messages that are added to an interaction by one call. */
export const MAX_ADDED_MESSAGES = 10_000
/** Entries of `ring_groups`, `queues` and `agents`. */
export const MAX_LIST_ENTRIES = 1000
/** One interaction, serialised: some 30,000 turns of ordinary length. */
export const MAX_DOCUMENT_BYTES = 8 * MEBIBYTE
/** Levels of nesting inside a property that the contract does not name. */
export const MAX_DEPTH = 32
/** A page stops growing here; one larger document still fills a page of its own. */
export const MAX_PAGE_BYTES = 4 * MEBIBYTE
/** The largest offset into an audio, some three years. */
export const MAX_SECONDS = 100_000_000

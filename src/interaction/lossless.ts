import { parseJson } from './parse-json.ts'

/**
 * Parses JSON so that `JSON.stringify` gives every number back as it was written. A number whose text
 * JavaScript would change (`12345678901234567890`, `1.0`, `1e400`) becomes a raw-JSON object. Several times
 * slower than `JSON.parse`, so it is used only for documents that have properties of the sender's own.
 * Throws SyntaxError as `JSON.parse` does.
 */
export function parseLossless(text: string): unknown {
  return parseJson(text, (_key, value, context) => {
    if (typeof value !== 'number' || context?.source === undefined) return value
    return String(value) === context.source ? value : rawJson(context.source)
  })
}

// `JSON.rawJSON` and the reviver's third argument (ECMAScript 2025, "JSON.parse source text access") are
// not in TypeScript's library yet.
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

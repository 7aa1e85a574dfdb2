/**
 * One fault in what somebody sent: where, and what is wrong with it.
 * `name` is a parameter (`interaction_started`) or a path in a body (`messages[3].channel`).
 */
export interface Problem {
  name: string
  description: string
}

/** Problems reported for one interaction; a document with more faults than this needs no longer list. */
export const MAX_PROBLEMS = 50

/** Turns a JSON pointer (`/messages/3/channel`) into the path that messages use (`messages[3].channel`). */
export function pathOfPointer(pointer: string): string {
  let path = ''
  for (const part of pointer.split('/').slice(1)) {
    if (/^\d+$/.test(part)) path += `[${part}]`
    else path += path === '' ? part : `.${part}`
  }
  return path
}

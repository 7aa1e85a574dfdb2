import { readFileSync } from 'node:fs'
import { CommandError } from './command.ts'

/** The text of a small file that an option names, such as a key. CommandError where it cannot be read. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CommandError(`Cannot read ${path}: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

#!/usr/bin/env node
// Starts the command line, on this Node or on the pinned one.
import { fileURLToPath } from 'node:url'
import { isNewEnough, spawnNode } from './pinned.js'
import { FLAGS, isLong, smallEnvironment } from './small.js'

const main = new URL('../src/cli/main.ts', import.meta.url)
const args = process.argv.slice(2)
const program = [...(isLong(args) ? FLAGS : []), fileURLToPath(main), ...args]
const environment = isLong(args) ? smallEnvironment(process.env) : process.env

if (!isNewEnough) spawnNode(program, environment)
// In the place of this process, so that signals and exit codes need nobody to hand them on.
else if (isLong(args) && process.execve !== undefined) {
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...program], environment)
} else await import(main.href)

#!/usr/bin/env node
// Starts the command line, on this Node or on the pinned one.
import { fileURLToPath } from 'node:url'
import { isNewEnough, spawnNode } from './pinned.js'

const main = new URL('../src/cli/main.ts', import.meta.url)

if (isNewEnough) await import(main.href)
else spawnNode([fileURLToPath(main), ...process.argv.slice(2)])

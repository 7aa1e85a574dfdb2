// Runs `node ARGUMENTS` on a Node that runs TypeScript as it is: `node bin/node.js --test …` for the scripts of
// package.json. npm puts the pinned Node first on the path of scripts, but not every version of npm links it.
import { spawnNode } from './pinned.js'

spawnNode(process.argv.slice(2))

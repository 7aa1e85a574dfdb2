import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pathOfPointer } from '../../src/interaction/problems.ts'

describe('the path of a JSON pointer', () => {
  const paths: [pointer: string, path: string][] = [
    ['', ''],
    ['/id', 'id'],
    ['/messages/3/channel', 'messages[3].channel'],
    ['/messages/0', 'messages[0]'],
    ['/ring_groups/12', 'ring_groups[12]'],
    ['/agents/0/name', 'agents[0].name'],
    ['/0', '[0]'],
    ['/interactions/2/messages/10/text', 'interactions[2].messages[10].text'],
  ]
  for (const [pointer, path] of paths) {
    it(`${pointer || '(the whole)'} is ${path || 'empty'}`, () => assert.equal(pathOfPointer(pointer), path))
  }
})

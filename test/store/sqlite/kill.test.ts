import { test } from 'node:test'
import { assertSurvivesKills } from '../kills.ts'
import { openAcme } from './support.ts'

test('a process that is killed a hundred times loses nothing that was acknowledged', {
  timeout: 300_000,
}, async (t) => {
  const { store, file } = await openAcme(t)
  await store.close()
  await assertSurvivesKills(t, `sqlite:${file}`)
})

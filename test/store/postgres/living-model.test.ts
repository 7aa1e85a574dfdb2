import { test } from 'node:test'
import { assertLivingModel } from '../living-model.ts'
import { createDatabase } from './databases.ts'

test('what lives on a server is told to the last, whoever is killed meanwhile', {
  timeout: 180_000,
}, async (t) => {
  await assertLivingModel(t, await createDatabase(), 20)
})

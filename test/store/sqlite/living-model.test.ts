import { test } from 'node:test'
import { assertLivingModel } from '../living-model.ts'
import { storeFile } from './support.ts'

test('what lives in one file is told to the last, whoever is killed meanwhile', {
  timeout: 180_000,
}, async (t) => {
  await assertLivingModel(t, `sqlite:${await storeFile(t)}`, 20)
})

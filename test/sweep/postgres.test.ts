import { openPostgresStore } from '../../src/store/postgres/store.ts'
import { createDatabase } from '../store/postgres/databases.ts'
import { cleanUp } from '../store/sqlite/support.ts'
import { severalProcesses } from './several.ts'

severalProcesses(async (t) => {
  const url = await createDatabase()
  const [one, other] = [await openPostgresStore(url), await openPostgresStore(url)]
  for (const store of [one, other]) cleanUp(t, () => store.close())
  await one.createAccount({ accountId: 'acme', name: 'Acme', createdAt: 1 })
  return [one, other]
})

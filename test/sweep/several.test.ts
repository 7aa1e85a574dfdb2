import { openAcme, openFile } from '../store/sqlite/support.ts'
import { severalProcesses } from './several.ts'

severalProcesses(async (t) => {
  const { store, file } = await openAcme(t)
  return [store, await openFile(t, file)]
})

import { testOn } from './postgres/versions.ts'

await testOn(17)

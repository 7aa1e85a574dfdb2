import { testOn } from './postgres/versions.ts'

await testOn(15)
// Twenty processes take their time, so that the oldest and the newest have to do.
await import('./postgres/migrate.test.ts')

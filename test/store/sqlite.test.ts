import { storeContract } from './contract/suite.ts'
import { sqliteDriver } from './sqlite/driver.ts'

storeContract(sqliteDriver)

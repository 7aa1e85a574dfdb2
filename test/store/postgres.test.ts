import { storeContract } from './contract/suite.ts'
import { postgresDriver } from './postgres/driver.ts'

storeContract(postgresDriver)

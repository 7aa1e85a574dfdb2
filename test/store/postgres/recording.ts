import type { Database, Queries, Transaction } from '../../../src/store/postgres/database.ts'
import type { Statement } from '../../../src/store/postgres/wire/encode.ts'

/** The same database, which tells every statement that it runs. */
export function recording(database: Database, told: (statement: Statement) => void): Database {
  const recorded = (transaction: Transaction): Transaction => ({
    run(...statements) {
      statements.forEach(told)
      return transaction.run(...statements)
    },
    commit(...statements) {
      statements.forEach(told)
      return transaction.commit(...statements)
    },
  })
  const queriesOf = (queries: Queries): Queries => ({
    run(statement) {
      told(statement)
      return queries.run(statement)
    },
    transaction: (work) => queries.transaction((transaction) => work(recorded(transaction))),
  })
  return {
    ...queriesOf(database),
    location: database.location,
    runAll(...statements) {
      statements.forEach(told)
      return database.runAll(...statements)
    },
    during: (work) => database.during((queries) => work(queriesOf(queries))),
    close: () => database.close(),
  }
}

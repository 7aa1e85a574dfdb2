/** The server cannot start or go on because its workers do not. The message says which and why. */
export class WorkersFailed extends Error {
  override readonly name = 'WorkersFailed'
}

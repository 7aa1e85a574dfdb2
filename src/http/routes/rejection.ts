import type { ItemProblem } from '../../ingest/problems.ts'
import type { Problem } from '../../interaction/problems.ts'
import type { RejectReason } from '../../store/store.ts'
import type { ErrorName } from '../error-catalogue.ts'
import { ApiError, errorBody } from '../errors.ts'

const ERRORS: Record<ItemProblem['reason'], ErrorName> = {
  invalid: 'invalidBody',
  reopened: 'reopened',
  precondition: 'preconditionFailed',
  too_large: 'bodyTooLarge',
  erased: 'erased',
}

export function rejectionError(reason: RejectReason): ApiError {
  return new ApiError(ERRORS[reason])
}

/** The problem of one item of many, in the form of an error. */
export function problemBody({ reason, fields }: ItemProblem) {
  return errorBody(ERRORS[reason], faultDetails(fields))
}

/** What to tell of faults in an interaction: of fields by their names, of the whole in words. */
export function faultDetails(faults: Problem[]): ApiError['details'] {
  const whole = faults.find(({ name }) => name === '')
  const fields = faults.filter(({ name }) => name !== '')
  return {
    ...(whole !== undefined && { description: `The interaction ${whole.description}.` }),
    ...(fields.length > 0 && { fields }),
  }
}

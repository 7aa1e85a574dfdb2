import type { FastifyRequest } from 'fastify'
import { type ItemProblem, unreadable } from '../../ingest/problems.ts'
import { readInteraction } from '../../interaction/document.ts'
import { parseLossless } from '../../interaction/lossless.ts'
import type { Problem } from '../../interaction/problems.ts'
import type { Draft } from '../../interaction/serialise.ts'
import type { WriteResult } from '../../store/store.ts'
import { parseJson, withBodyText } from '../body.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { accountOf } from '../plugins/authenticate.ts'
import type { Metrics } from '../plugins/metrics.ts'
import { interactionTexts } from './interaction-texts.ts'
import { problemBody } from './rejection.ts'
import { unknownOf } from './unknown.ts'

export const MAX_BATCH_ITEMS = 10_000
const MAX_BATCH_BYTES = 32_000_000

interface Item {
  draft?: Draft
  warnings: Problem[]
  problem?: ItemProblem
  id?: string
}

/** Writes the interactions of a JSON body in one transaction, and gives a result for each. */
export function writeBatch(request: FastifyRequest, deps: Dependencies, metrics: Metrics) {
  return withBodyText(request, MAX_BATCH_BYTES, (text) => writeText(text, request, deps, metrics))
}

async function writeText(text: string, request: FastifyRequest, deps: Dependencies, metrics: Metrics) {
  const keepUnknownValues = unknownOf(request)
  const values = interactionsOf(parseJson(text))
  const items = readItems(values, text, keepUnknownValues)
  const drafts = items.flatMap(({ draft }) => draft ?? [])
  const written = await deps.store.writeInteractions(accountOf(request), drafts)

  const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }
  let next = 0
  const results = items.map((item, index) => {
    const result = item.draft === undefined ? undefined : written[next++]
    const outcome = result?.outcome ?? 'rejected'
    counts[outcome] += 1
    metrics.written.inc({ outcome })
    return resultOf(item, index, result)
  })
  return { ...counts, results }
}

function interactionsOf(body: unknown): unknown[] {
  const list = (body as { interactions?: unknown } | null)?.interactions
  if (!Array.isArray(list)) {
    const description = 'must be a list of interactions, as in {"interactions": […]}'
    throw new ApiError('invalidBody', { fields: [{ name: 'interactions', description }] })
  }
  if (list.length > MAX_BATCH_ITEMS) {
    throw new ApiError('bodyTooLarge', {
      description: `A batch may have ${MAX_BATCH_ITEMS} interactions at most.`,
      fields: [{ name: 'interactions', description: `has ${list.length} items` }],
    })
  }
  return list
}

function readItems(values: unknown[], text: string, keepUnknownValues: boolean): Item[] {
  let texts: string[] | undefined
  return values.map((value, index) => {
    const lossless = () => {
      texts ??= interactionTexts(text)
      return parseLossless(texts[index] ?? 'null')
    }
    const reading = readInteraction(value, { keepUnknownValues, lossless })
    if (reading.ok) return { draft: reading.draft, warnings: reading.warnings, id: reading.draft.id }
    const problem = unreadable({ unit: 'item', place: index + 1 }, reading)
    return { warnings: [], id: problem.id, problem }
  })
}

function resultOf({ id, draft, warnings, problem }: Item, index: number, result: WriteResult | undefined) {
  if (result === undefined || result.outcome === 'rejected') {
    const reason = result?.outcome === 'rejected' ? result.reason : 'invalid'
    const told = problem ?? { unit: 'item' as const, place: index + 1, id: draft?.id, reason, fields: [] }
    return { index, ...(id !== undefined && { id }), result: 'rejected', problem: problemBody(told) }
  }
  const { outcome, revision } = result
  return { index, id, result: outcome, revision, ...(warnings.length > 0 && { warnings }) }
}

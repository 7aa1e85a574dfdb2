import { gzipDocument, plainDocument } from '../../interaction/page.ts'
import type { Dependencies } from '../dependencies.ts'
import { ApiError } from '../errors.ts'
import { revisionEtag, revisionsIn } from '../etag.ts'
import { documentTypeFor, takesGzip } from '../negotiate.ts'
import type { ReadAnswer, ReadRequest } from './read.ts'

/** One interaction, open or ended. */
export async function readInteraction(
  { store }: Pick<Dependencies, 'store'>,
  id: string,
  { principal, headers, admission }: ReadRequest,
): Promise<ReadAnswer> {
  const mediaType = documentTypeFor(headers)
  if (mediaType === undefined) throw new ApiError('notAcceptable')
  const { accountId } = principal
  await admission.enter()
  const stored = await store.getInteraction(accountId, id)
  if (stored === undefined) throw new ApiError('notFound')

  const { document, revision, ended, transcript } = stored
  const gzip = takesGzip(headers)
  const answered: Record<string, string> = {
    etag: revisionEtag(accountId, revision, gzip),
    vary: 'Accept-Encoding',
    'cache-control': 'private',
    'parlance-revision': String(revision),
    'parlance-state': ended ? 'ended' : 'open',
  }
  if (transcript !== undefined) answered['parlance-transcript'] = transcript
  const known = headers['if-none-match']
  if (known !== undefined && isKnown(known, accountId, revision))
    return { status: 304, headers: answered, told: { id, count: 0 } }
  answered['content-type'] = mediaType
  const told = { id, count: 1 }
  if (!gzip) return { status: 200, headers: answered, body: plainDocument(document), told }
  answered['content-encoding'] = 'gzip'
  return { status: 200, headers: answered, body: gzipDocument(document), told }
}

function isKnown(header: string, accountId: string, revision: number): boolean {
  const revisions = revisionsIn('if-none-match', header, accountId)
  return revisions === '*' || revisions.includes(revision)
}

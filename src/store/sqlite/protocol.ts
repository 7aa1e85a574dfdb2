import type { Operations } from './operations.ts'

/** One write on its way to the writer thread. */
export interface Request {
  id: number
  operation: keyof Operations
  args: unknown[]
}

export type Reply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; unavailable: boolean; message: string; stack: string | undefined }

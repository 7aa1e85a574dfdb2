import type { AccountSettings } from './store.ts'

/** The settings of an account as a store keeps them. */
export function settingsText({ redaction, retentionDays, idleSeconds }: AccountSettings): string {
  return JSON.stringify({ redaction, retentionDays, idleSeconds })
}

export function settingsIn(text: string): AccountSettings {
  return JSON.parse(text)
}

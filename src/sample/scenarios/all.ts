import { english } from '../languages/english.ts'
import { french } from '../languages/french.ts'
import { german } from '../languages/german.ts'
import { portuguese } from '../languages/portuguese.ts'
import { spanish } from '../languages/spanish.ts'
import type { Manners } from '../story.ts'
import type { Language } from '../types.ts'
import { accounts } from './accounts.ts'
import { appointmentCalls } from './appointments.ts'
import { billing } from './billing.ts'
import { bookings } from './bookings.ts'
import { deliveries } from './deliveries.ts'
import { frenchScenarios } from './french.ts'
import { germanScenarios } from './german.ts'
import { goods } from './goods.ts'
import { helpdesk } from './helpdesk.ts'
import { internalCalls } from './internal.ts'
import { outboundCalls } from './outbound.ts'
import { payments } from './payments.ts'
import { plans } from './plans.ts'
import { portugueseScenarios } from './portuguese.ts'
import { relations } from './relations.ts'
import { retention } from './retention.ts'
import type { Scenario } from './scenario.ts'
import { spanishScenarios } from './spanish.ts'
import { technical } from './technical.ts'

export const MANNERS: Readonly<Record<Language, Manners>> = {
  en: english,
  es: spanish,
  pt: portuguese,
  de: german,
  fr: french,
}

/** Stories a customer comes with, by language. */
export const INBOUND: Readonly<Record<Language, readonly Scenario[]>> = {
  en: [
    ...deliveries,
    ...goods,
    ...billing,
    ...payments,
    ...technical,
    ...helpdesk,
    ...bookings,
    ...retention,
    ...plans,
    ...accounts,
    ...relations,
  ],
  es: spanishScenarios,
  pt: portugueseScenarios,
  de: germanScenarios,
  fr: frenchScenarios,
}

/** Those that a virtual agent may answer first. */
export const HANDED_OVER: readonly Scenario[] = INBOUND.en.filter((it) => it.bot)

export const OUTBOUND: readonly Scenario[] = [...outboundCalls, ...appointmentCalls]
export const INTERNAL: readonly Scenario[] = internalCalls

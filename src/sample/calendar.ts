import type { Language } from './types.ts'

export const DAY_MS = 86_400_000

interface Names {
  readonly weekdays: readonly string[]
  readonly months: readonly string[]
  readonly yesterday: string
  readonly today: string
  readonly tomorrow: string
  /** Day and month, as in "March 9". */
  date(day: number, month: string): string
  /** A weekday as an adverb: "on Tuesday". */
  on(weekday: string): string
  /** A date as an adverb: "on March 9". */
  onDate(date: string): string
}

const NAMES: Readonly<Record<Language, Names>> = {
  en: {
    weekdays: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    months: words('January February March April May June July August September October November December'),
    yesterday: 'yesterday',
    today: 'today',
    tomorrow: 'tomorrow',
    date: (day, month) => `${month} ${day}`,
    on: (weekday) => `on ${weekday}`,
    onDate: (date) => `on ${date}`,
  },
  es: {
    weekdays: words('domingo lunes martes miércoles jueves viernes sábado'),
    months: words('enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'),
    yesterday: 'ayer',
    today: 'hoy',
    tomorrow: 'mañana',
    date: (day, month) => `${day} de ${month}`,
    on: (weekday) => `el ${weekday}`,
    onDate: (date) => `el ${date}`,
  },
  pt: {
    weekdays: words('domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado'),
    months: words('janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'),
    yesterday: 'ontem',
    today: 'hoje',
    tomorrow: 'amanhã',
    date: (day, month) => `${day} de ${month}`,
    on: (weekday) => `${weekday === 'domingo' || weekday === 'sábado' ? 'no' : 'na'} ${weekday}`,
    onDate: (date) => `no dia ${date}`,
  },
  de: {
    weekdays: words('Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag'),
    months: words('Januar Februar März April Mai Juni Juli August September Oktober November Dezember'),
    yesterday: 'gestern',
    today: 'heute',
    tomorrow: 'morgen',
    date: (day, month) => `${day}. ${month}`,
    on: (weekday) => `am ${weekday}`,
    onDate: (date) => `am ${date}`,
  },
  fr: {
    weekdays: words('dimanche lundi mardi mercredi jeudi vendredi samedi'),
    months: words('janvier février mars avril mai juin juillet août septembre octobre novembre décembre'),
    yesterday: 'hier',
    today: "aujourd'hui",
    tomorrow: 'demain',
    date: (day, month) => `${day === 1 ? '1er' : day} ${month}`,
    on: (weekday) => weekday,
    onDate: (date) => `le ${date}`,
  },
}

function words(list: string): string[] {
  return list.split(' ')
}

/** The start of a UTC day, in milliseconds, moved by whole days. */
function moved(day: number, offset: number): Date {
  return new Date(day + offset * DAY_MS)
}

/** "March 9": the date `offset` days from `day` (milliseconds at the start of a UTC day). */
export function dateName(language: Language, day: number, offset: number): string {
  const names = NAMES[language]
  const date = moved(day, offset)
  return names.date(date.getUTCDate(), names.months[date.getUTCMonth()] as string)
}

/** How people name a day near today, without a preposition: "yesterday", "Tuesday", "March 9". */
export function dayName(language: Language, day: number, offset: number): string {
  const names = NAMES[language]
  if (offset === 0) return names.today
  if (offset === -1) return names.yesterday
  if (offset === 1) return names.tomorrow
  if (Math.abs(offset) > 6) return dateName(language, day, offset)
  return names.weekdays[moved(day, offset).getUTCDay()] as string
}

/** The same as an adverb: "yesterday", "on Tuesday", "on March 9". */
export function onDay(language: Language, day: number, offset: number): string {
  const names = NAMES[language]
  const name = dayName(language, day, offset)
  if (Math.abs(offset) < 2) return name
  return Math.abs(offset) > 6 ? names.onDate(name) : names.on(name)
}

/** Weekday and date in full, as an appointment is read out: "Tuesday, March 9". */
export function fullDay(language: Language, day: number, offset: number): string {
  const weekday = NAMES[language].weekdays[moved(day, offset).getUTCDay()] as string
  const date = dateName(language, day, offset)
  if (language === 'es' || language === 'fr') return `${weekday} ${date}`
  return `${weekday}, ${language === 'de' ? 'den ' : ''}${date}`
}

/** Month names, "March", of the day `offset` days from `day`. */
export function monthName(language: Language, day: number, offset: number): string {
  return NAMES[language].months[moved(day, offset).getUTCMonth()] as string
}

/** The nearest offset at or beyond `offset`, away from today, that is not a Sunday. */
export function notSunday(day: number, offset: number): number {
  if (moved(day, offset).getUTCDay() !== 0) return offset
  return offset < 0 ? offset - 1 : offset + 1
}

/** The nearest offset at or after `offset` that is a Monday to a Friday. */
export function workday(day: number, offset: number): number {
  const weekday = moved(day, offset).getUTCDay()
  if (weekday === 6) return offset + 2
  return weekday === 0 ? offset + 1 : offset
}

/** Writes microseconds since 1970 as the contract does: `2020-03-10T00:00:00.000000Z`. */
export function instant(micros: number): string {
  const millis = Math.floor(micros / 1000)
  const rest = String(micros - millis * 1000).padStart(3, '0')
  return `${new Date(millis).toISOString().slice(0, 23)}${rest}Z`
}

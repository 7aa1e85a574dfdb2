import type { Scene } from './scene.ts'

/** Something the company sells and delivers. */
export interface Product {
  /** As people say it: "washing machine". */
  readonly name: string
  readonly price: number
  /** Comes with two people and a truck. */
  readonly large: boolean
  /** What can be wrong with it out of the box. */
  readonly damage: readonly string[]
}

const PRODUCTS: readonly Product[] = [
  {
    name: 'washing machine',
    price: 489,
    large: true,
    damage: ['a dent in the side', 'a cracked door', 'a bent back panel'],
  },
  {
    name: 'dishwasher',
    price: 529,
    large: true,
    damage: ['a big dent in the front', 'a broken hinge', 'a crushed corner'],
  },
  { name: 'dryer', price: 449, large: true, damage: ['a dent in the top', 'a door that will not shut'] },
  {
    name: 'fridge',
    price: 799,
    large: true,
    damage: ['a deep scratch on the door', 'a broken shelf', 'a dent in the door'],
  },
  {
    name: 'standing desk',
    price: 359,
    large: true,
    damage: ['a chipped corner', 'a split in the table top'],
  },
  { name: 'bookcase', price: 179, large: true, damage: ['a cracked side panel', 'two split shelves'] },
  { name: 'mattress', price: 419, large: true, damage: ['a tear in the cover', 'a big oil stain on it'] },
  { name: 'coffee machine', price: 229, large: false, damage: ['a cracked water tank', 'a broken handle'] },
  { name: 'robot vacuum', price: 299, large: false, damage: ['a broken wheel', 'a cracked bumper'] },
  { name: 'floor lamp', price: 89, large: false, damage: ['a smashed shade', 'a bent stand'] },
  { name: 'tower fan', price: 69, large: false, damage: ['a cracked base', 'a snapped blade'] },
  { name: 'microwave', price: 119, large: false, damage: ['a shattered plate', 'a crooked door'] },
  { name: 'toaster', price: 49, large: false, damage: ['a broken lever', 'a dent in the side'] },
  { name: 'air fryer', price: 109, large: false, damage: ['a cracked basket', 'a broken handle'] },
]

export function product(scene: Scene): Product {
  return scene.random.pick(PRODUCTS)
}

/** A product that needs two people and a truck. */
export function largeProduct(scene: Scene): Product {
  return scene.random.pick(PRODUCTS.filter((it) => it.large))
}

export const orderNumber = (scene: Scene) => scene.digits(6)
export const invoiceNumber = (scene: Scene) => scene.digits(7)
export const caseNumber = (scene: Scene) => `C${scene.digits(5)}`

/** A time somebody will come, as in "between 8 and noon". */
export function timeWindow(scene: Scene): string {
  return scene.pick(
    'between 8 and noon',
    'between 9 and 11',
    'between noon and 4',
    'between 1 and 5',
    'between 2 and 4',
  )
}

/** Two different time windows. */
export function twoWindows(scene: Scene): [string, string] {
  return [
    scene.pick('between 8 and 10', 'between 8 and noon', 'between 9 and 11'),
    scene.pick('between noon and 4', 'between 1 and 5', 'between 2 and 4', 'between 3 and 6'),
  ]
}

/** "a dishwasher", "an air fryer" */
export function an(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

/** What is done to keep a home running: the name of a visit by a technician. */
export function visitKind(scene: Scene): string {
  return scene.pick(
    'internet installation',
    'furnace tune-up',
    'air conditioning service',
    'washing machine repair',
    'dishwasher repair',
    'water heater check',
    'router swap',
  )
}

export function technician(scene: Scene): string {
  return scene.pick('Dale', 'Rico', 'Stan', 'Marlon', 'Wes', 'Tina', 'Hector', 'Gus', 'Ellie', 'Bram')
}

/** The opening hours of the store in the customer's town; the same whenever somebody asks. */
export function storeHours(scene: Scene): string {
  return scene.customer.city.length % 2 === 0 ? 'nine to six' : 'ten to seven'
}

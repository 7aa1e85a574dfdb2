import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import type { Language, Team } from './types.ts'

/** How a customer types. */
export type Style = 'tidy' | 'casual'

export interface Customer {
  readonly id: string
  readonly language: Language
  readonly first: string
  readonly last: string
  readonly city: string
  /** Street and number as it is said in the customer's language. */
  readonly street: string
  readonly zip: string
  /** At example.com. */
  readonly email: string
  /** From the block set aside for fiction, 555-0100 to 555-0199. */
  readonly phone: string
  readonly account: string
  readonly plan: string
  /** Monthly price of the plan. */
  readonly price: number
  readonly since: number
  readonly style: Style
}

export interface Agent {
  readonly id: string
  readonly first: string
  readonly name: string
  readonly teams: readonly Team[]
  readonly languages: readonly Language[]
  readonly supervisor: boolean
  /** Hours of the UTC day between which the agent takes conversations. */
  readonly shift: readonly [number, number]
}

/** A virtual agent: it has an id and a name, and no team. */
export interface Bot {
  readonly id: string
  readonly name: string
}

export interface People {
  customer(random: Random, language: Language): Customer
  readonly agents: readonly Agent[]
  readonly bots: Readonly<Record<'voice' | 'chat' | 'sms' | 'digital', Bot>>
}

interface Names {
  readonly first: readonly string[]
  readonly last: readonly string[]
  readonly cities: readonly string[]
  readonly streets: readonly string[]
  /** How many customers of this language there are. */
  readonly count: number
  address(street: string, number: number): string
}

const words = (list: string) => list.split(' ')
const lines = (list: string) => list.split(', ')

const NAMES: Readonly<Record<Language, Names>> = {
  en: {
    first: words(
      'Alice Amir Andrea Anthony Aisha Ben Bianca Caleb Carmen Chloe Daniel Deborah Dev Elena Eric Esther Farah ' +
        'Felix Fiona Gabriel Grace Hannah Harold Helen Ian Imani Isaac Jamal Janet Jin Joan Joel Karen Keisha ' +
        'Kevin Laila Laura Leo Linda Marcus Margaret Mei Michelle Mohammed Nadia Nathan Nora Olga Oscar Owen ' +
        'Patricia Paul Priya Rachel Rafael Ravi Rebecca Robert Rosa Ruth Samuel Sandra Simon Sofia Stella Steve ' +
        'Tamara Terrence Tessa Thomas Uma Vera Victor Wendy Will Yusuf Zoe',
    ),
    last: words(
      'Abbott Adeyemi Alvarez Bailey Barnes Becker Bennett Bhatt Blake Brennan Byrne Campbell Castillo Chen ' +
        'Coleman Costa Dalton Davies Delgado Doyle Duncan Ellis Farrell Fischer Fletcher Foster Garner Gibson ' +
        'Goldberg Grant Gupta Haddad Hale Harmon Hayes Hoffman Holt Ibrahim Ingram Jacobs Jensen Joyner Kaplan ' +
        'Kaur Keller Kim Lambert Larsen Lawson Lopez Lowe Malik Marsh Mendez Mercer Morgan Moss Nguyen Novak ' +
        'Okafor Olsen Ortiz Osborne Park Patel Perez Pierce Quinn Ramos Reid Rossi Sanders Shah Sharma Silva ' +
        'Sloan Stone Sullivan Tanaka Thorne Tucker Vance Vargas Walsh Webb Whitaker Wong Yates Young Zimmer',
    ),
    cities: lines(
      'Millbrook, Fairhaven, Cedar Ridge, Oakdale, Riverton, Maplewood, Stonebridge, Lakeview, Brookfield, ' +
        'Ashford, Granite Falls, Willow Creek, Harborview, Pine Grove, Elmwood, Silver Lake, Kingsport, Marlow',
    ),
    streets: lines(
      'Juniper Lane, Orchard Street, Mill Road, Larch Avenue, Harbor Street, Quarry Road, Linden Court, ' +
        'Station Road, Meadow Drive, Canal Street, Hillcrest Avenue, Bishop Street, Foundry Lane, Poplar Drive, ' +
        'Garden Street, Chestnut Avenue, Willow Terrace, Hawthorn Way',
    ),
    count: 1100,
    address: (street, number) => `${number} ${street}`,
  },
  es: {
    first: words(
      'Lucía Javier Carmen Pablo Marta Sergio Elena Álvaro Rocío Diego Inés Raúl Pilar Hugo Nuria Iván',
    ),
    last: words(
      'García Romero Navarro Ortega Molina Delgado Serrano Blanco Iglesias Cano Prieto Vidal Gallego',
    ),
    cities: words('Sevilla Valencia Zaragoza Málaga Murcia Bilbao Granada Alicante'),
    streets: lines(
      'calle del Olivo, calle de la Fuente, avenida del Parque, calle Nueva, paseo de la Ribera',
    ),
    count: 60,
    address: (street, number) => `${street}, ${number}`,
  },
  pt: {
    first: words('Beatriz Tiago Mariana Rui Catarina Nuno Joana Pedro Sofia Miguel Teresa Gonçalo'),
    last: words('Ferreira Carvalho Teixeira Moreira Correia Pinto Azevedo Marques Nogueira Fonseca'),
    cities: words('Porto Braga Coimbra Faro Aveiro Setúbal'),
    streets: lines('Rua das Amoreiras, Rua da Fonte, Avenida do Mar, Rua do Carvalhal, Travessa do Moinho'),
    count: 30,
    address: (street, number) => `${street}, ${number}`,
  },
  de: {
    first: words('Anke Jürgen Sabine Matthias Katrin Stefan Heike Florian Ulrike Tobias Birgit Lukas'),
    last: words('Brandt Vogel Krämer Lindner Hartmann Seidel Pohl Busch Winkler Kuhn Arnold Lorenz'),
    cities: words('Kassel Freiburg Bremen Erfurt Lübeck Münster'),
    streets: lines('Lindenweg, Am Mühlbach, Gartenstraße, Birkenallee, Schulstraße'),
    count: 30,
    address: (street, number) => `${street} ${number}`,
  },
  fr: {
    first: words(
      'Camille Julien Sophie Thierry Élodie Mathieu Nathalie Bruno Manon Olivier Claire Sébastien',
    ),
    last: words('Moreau Lefèvre Girard Bonnet Mercier Chevalier Gauthier Perrin Marchand Renaud Colin Fabre'),
    cities: words('Lyon Nantes Rennes Lille Dijon Grenoble'),
    streets: lines('rue des Tilleuls, avenue du Lac, rue du Moulin, impasse des Lilas, rue de la Gare'),
    count: 30,
    address: (street, number) => `${number} ${street}`,
  },
}

const PLANS: readonly (readonly [string, number])[] = [
  ['Fiber 100', 34.9],
  ['Fiber 300', 44.9],
  ['Fiber 500', 54.9],
  ['Fiber 1000', 69.9],
]

/** Name, teams, and what else is special; the order is part of every agent's id. */
const STAFF: readonly (readonly [string, string, string?])[] = [
  ['Maya Lindqvist', 'deliveries bookings'],
  ['Tom Okonkwo', 'deliveries'],
  ['Jasmine Reyes', 'deliveries accounts'],
  ['Patrick Dunne', 'deliveries technical', 'late'],
  ['Helena Marsh', 'billing'],
  ['Omar Siddiqui', 'billing accounts'],
  ['Rebecca Stahl', 'billing retention', 'late'],
  ['Daniela Fuentes', 'billing languages', 'es'],
  ['Kwame Asante', 'technical'],
  ['Ingrid Solberg', 'technical'],
  ['Theo Papadakis', 'technical bookings', 'late'],
  ['Lena Vogt', 'technical languages', 'de'],
  ['Noah Whitfield', 'bookings'],
  ['Amara Diallo', 'bookings languages', 'fr late'],
  ['Sean Gallagher', 'bookings deliveries'],
  ['Yuki Morita', 'retention'],
  ['Charlotte Pryce', 'retention billing'],
  ['Malik Robinson', 'retention accounts', 'late'],
  ['Irene Castellanos', 'accounts languages', 'es late'],
  ['Duarte Leal', 'accounts languages', 'pt'],
  ['Samira Nasser', 'accounts', 'late'],
  ['Gwen Hartley', 'relations', 'supervisor'],
  ['Victor Adeleke', 'relations', 'supervisor late'],
  ['Phoebe Tran', 'relations accounts'],
]

/** Everyone who takes part in the sample, as the seed makes them. Customers are made when first met. */
export function createPeople(seed: string): People {
  const known = new Map<string, Customer>()
  const bot = (kind: string, name: string): Bot => ({ id: createRandom(seed, 'bot', kind).hex(24), name })
  return {
    agents: STAFF.map((entry, index) => agent(createRandom(seed, 'agent', index).hex(24), entry)),
    bots: {
      voice: bot('voice', 'Fern Phone'),
      chat: bot('chat', 'Fern Web'),
      sms: bot('sms', 'Fern Text'),
      digital: bot('digital', 'Fern Messenger'),
    },
    customer(random, language) {
      // The product makes the first customers come back more often than the last.
      const u = random.next()
      const index = Math.floor(u * (0.3 + 0.7 * u) * NAMES[language].count)
      const key = `${language}${index}`
      const found = known.get(key) ?? customer(createRandom(seed, 'customer', key), language, index)
      known.set(key, found)
      return found
    },
  }
}

function agent(id: string, [name, teams, special = '']: readonly [string, string, string?]): Agent {
  const traits = words(special)
  return {
    id,
    first: words(name)[0] as string,
    name,
    teams: words(teams) as Team[],
    languages: (['en', 'es', 'pt', 'de', 'fr'] as const).filter((it) => it === 'en' || traits.includes(it)),
    supervisor: traits.includes('supervisor'),
    shift: traits.includes('late') ? [12, 21] : [7, 16],
  }
}

function customer(random: Random, language: Language, index: number): Customer {
  const names = NAMES[language]
  const first = random.pick(names.first)
  const last = random.pick(names.last)
  const [plan, price] = random.pick(PLANS)
  return {
    id: random.uuid(),
    language,
    first,
    last,
    city: random.pick(names.cities),
    street: names.address(random.pick(names.streets), random.between(2, 240)),
    zip: String(random.between(10200, 98900)),
    email: `${plain(first)}.${plain(last)}${index % 3 === 0 ? random.between(2, 99) : ''}@example.com`,
    phone: `555-01${String(random.between(0, 99)).padStart(2, '0')}`,
    account: String(random.between(20_000_000, 79_999_999)),
    plan,
    price,
    since: random.between(2014, 2024),
    style: random.chance(0.35) ? 'casual' : 'tidy',
  }
}

/** Letters of an e-mail address: lower case, without accents. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

import { timeWindow } from '../facts.ts'
import { teamName } from '../languages/english.ts'
import type { Scene } from '../scene.ts'
import type { Team } from '../types.ts'
import { capital } from '../wording.ts'
import type { Scenario } from './scenario.ts'

/** What one of ours needs from another. */
interface Matter {
  readonly team: Team
  readonly question: string
  readonly answer: string
  readonly doubt: string
  readonly reply: string
}

function matters(s: Scene): readonly Matter[] {
  return [
    {
      team: 'deliveries',
      question: `order ${s.digits(6)} is on the board as delivered, but the customer says no`,
      answer:
        "{The driver scanned it at the wrong stop.|I see the GPS, that's two streets off.} It's still on the truck.",
      doubt: 'So can he go back today?',
      reply: "{He's passing there again around four.|Yes, I'll radio him now.}",
    },
    {
      team: 'technical',
      question: "the line test fails and I don't know if it's us or the house",
      answer:
        "{Run the second test, the one with the street cabinet.|What does the loss say?} If it's over twenty it's ours.",
      doubt: "It's {twenty-six|thirty-one}.",
      reply:
        "{Then it's ours. Book a crew, not a technician.|That's the cabinet. Open a ticket and put my name on it.}",
    },
    {
      team: 'billing',
      question: `there's a credit of ${s.money(s.pick(30, 45, 60))} that I'm not allowed to give`,
      answer: "{I can approve that, what's it for?|What happened?}",
      doubt: '{Two missed visits.|A lost parcel and three calls.}',
      reply: "{That's fair. Approved.|OK, it's through. Write it in the notes, please.}",
    },
    {
      team: 'bookings',
      question: 'I need a visit this week and the system shows nothing',
      answer: `{I keep two slots back for that.|Let me look at the crews.} ${capital(s.on(s.workday(1, 2)))}, ${timeWindow(s)}?`,
      doubt: "{Perfect, I'll take it.|That would save me.}",
      reply: "{It's yours.|Done. You owe me a coffee.}",
    },
  ]
}

/** A colleague asks another for help with a customer's matter; both are ours. */
function askColleague(s: Scene): void {
  const customer = `${s.customer.first} ${s.customer.last}`
  const caller = s.agent
  const { team, question, answer, doubt, reply } = s.pick(...matters(s))
  const other = s.callColleague(team)
  const known = s.chance(0.5)
  const numbered = s.chance(0.5)
  s.colleague(
    other,
    '0',
    known
      ? `{Hi|Hello} ${caller.first}. {What's up?|What have you got?}`
      : `${other.first}, ${teamName(team)}.`,
  )
  s.us(
    '0',
    `${known ? `{Hi|Hey} ${other.first}.` : `Hi ${other.first}, it's ${caller.first} in ${teamName(s.team)}.`} {Do you have a minute?|Quick question.} ${numbered ? `It's about ${customer}, account ${s.customer.account}` : `I have ${customer} on the other line`}: ${question}.`,
  )
  if (!numbered) {
    s.colleague(other, '0', "{What's|Give me} the account number{?|, please.}")
    s.us('0', `${s.customer.account}.`)
    s.wait(6, 25)
  }
  s.colleague(other, '0', answer)
  s.us('0', doubt)
  s.colleague(other, '0', reply)
  s.us(
    '+',
    `{Thanks|You're a star|Great, thank you}, ${other.first}. {I'll tell the customer.|I'll let them know.|}`,
  )
  s.colleague(other, '+', '{Any time. Bye.|No problem.|Sure. Bye.}')
}

export const internalCalls: readonly Scenario[] = [
  {
    name: 'asking a colleague',
    team: 'accounts',
    weight: 1,
    media: ['voice'],
    play: askColleague,
    language: 'en',
    direction: 'INTERNAL',
  },
  {
    name: 'asking a colleague',
    team: 'retention',
    weight: 1,
    media: ['voice'],
    play: askColleague,
    language: 'en',
    direction: 'INTERNAL',
  },
  {
    name: 'asking a colleague',
    team: 'relations',
    weight: 1,
    media: ['voice'],
    play: askColleague,
    language: 'en',
    direction: 'INTERNAL',
  },
]

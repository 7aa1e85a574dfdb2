import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

function priceIncrease(s: Scene): void {
  const up = s.pick(2, 3, 4)
  const next = s.money(s.customer.price + up)
  s.open({
    mood: '-',
    says: [
      `I got {a letter|an e-mail} {saying|that says} my price goes up to ${next}. {Why?|I'm not happy about that.}`,
      `{You're raising my price again.|Another price increase?} {It was only ${s.money(s.customer.price - up)} when I signed up.|From ${s.money(s.customer.price)} to ${next}, for the same thing?}`,
    ],
    ack: [
      '{I understand. Let me explain.|I can see why you ask.} {Let me open your contract first.|}',
      "{Nobody likes those letters.|I get it.} {Let's look at it together.|Let me see what I can do.}",
    ],
  })
  s.verify()
  s.us(
    '0',
    `{The increase is for everybody on ${s.customer.plan}|All ${s.customer.plan} contracts go up}, from ${s.date(s.workday(20, 40))}. {Energy and network costs went up for us.|It's the first one in two years.} {You may cancel because of it, but there are other ways.|}`,
  )
  s.them(
    '-',
    "{Everybody's costs went up. My salary didn't.|That's not my problem, though.} {So what can you do?|Is there another way?}",
  )
  if (s.chance(0.65)) {
    s.us(
      '0',
      `If you {renew|extend} for twelve months, {I can keep you at|the price stays at} ${s.money(s.customer.price)}. {And I'd add the security package for free.|}`,
    )
    const moving = s.chance(0.5)
    s.them(
      '0',
      moving ? '{And if I move?|What if I move house?}' : '{Twelve months. Hm.|And then it goes up anyway?}',
    )
    s.us(
      '0',
      moving
        ? '{The contract moves with you.|It simply moves with you, for free.}'
        : "{I can't see that far ahead, but until then it's fixed.|After that you can leave with a month's notice, so you decide.}",
    )
    s.them('+', "{OK, then do that.|All right, put me down for that.|Fine, that's fair.}")
    s.us('+', "{Done. You can ignore the letter.|Great, that's in. The letter no longer counts for you.}")
    s.close('good')
  } else {
    s.us(
      '0',
      "{You already have our lowest rate|Your plan is already a reduced one}, so {there's nothing I can take off|I can't go lower}, I'm afraid. You {have|do have} the right to cancel {until the end of the month|within thirty days of the letter}.",
    )
    s.them(
      '-',
      "{Then I'll do that.|I'll think about it.|OK. Then I'll compare.} {Thanks for being honest, at least.|}",
    )
    s.close('bad')
  }
}

/** What can be added to a plan, its price, and what people ask about it. */
const EXTRAS: readonly (readonly [string, number, string, string])[] = [
  [
    'the TV package',
    12,
    'Does it have the {football|hockey}?',
    '{Yes, all the league games.|The league is included, the cup is extra.}',
  ],
  [
    'a second line for my home office',
    15,
    'Can it have its own bill?',
    'Yes, {it gets a separate bill|we can bill that to your business}.',
  ],
  [
    'the Home Care plan',
    9,
    'Does it cover an old furnace?',
    '{Yes, up to fifteen years.|It does, after a check-up.}',
  ],
  [
    'the faster plan',
    10,
    'Do I need a new router?',
    "{No, yours can do it.|Yes, but it's free and comes by mail.}",
  ],
]

function upgrade(s: Scene): void {
  const [extra, price, question, answer] = s.random.pick(EXTRAS)
  s.open({
    mood: '0',
    says: [
      `I saw {an ad for|something about} ${extra} and wanted to ask what it costs.`,
      `I'm {thinking about|interested in} ${extra}. {What would that be a month?|How much is it?}`,
      `How much would ${extra} be{ for me|, if I already have ${s.customer.plan}}?`,
    ],
    ack: [
      "{Great.|Good choice.} {Let me see what I can offer you.|I'll check what you'd pay.}",
      '{Happy to tell you.|I can check that.}',
    ],
  })
  s.verify()
  s.us(
    '0',
    `{With ${s.customer.plan} it's|For you it would be} ${s.money(price)} {a month|more a month}, {and the first two months are free|no set-up fee}.`,
  )
  s.them('0', question)
  s.us('0', answer)
  if (s.chance(0.65)) {
    s.them('+', "{OK, let's do it.|Then sign me up.|Good, I'll take it.} {When does it start?|}")
    s.us(
      '+',
      `{Wonderful.|Great.} {It's active|It will be ready} ${s.on(s.workday(1, 3))}. You can {cancel|change your mind} within fourteen days.`,
    )
    s.close('good')
  } else {
    s.them(
      '0',
      "{I'll talk about it at home.|Let me sleep on it.|OK, I need to think.} {Can you e-mail me that?|}",
    )
    s.us(
      '0',
      `{Of course.|No rush.} {I'll send|I'm sending} you an offer {that's good for two weeks|by e-mail}.`,
    )
    s.close('fine')
  }
}

export const plans: readonly Scenario[] = [
  inbound('price increase', 'retention', 4, priceIncrease),
  inbound('upgrade', 'retention', 4, upgrade, {
    bot: {
      intent: 'plan_information',
      gist: 'adding something to your plan',
      asks: ['What does a faster plan cost?', 'I want to add something to my plan', 'Do you have TV?'],
    },
  }),
]

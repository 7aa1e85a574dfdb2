import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound, SPOKEN_OR_CHAT } from './scenario.ts'

function cancelContract(s: Scene): void {
  s.random.weighted([movingAbroad, tooExpensive, badService], (it) => (it === tooExpensive ? 2 : 1))(s)
}

/** The end of a conversation after which somebody is a customer no more. */
export function partWays(s: Scene): void {
  s.us(
    '0',
    '{Is there anything else I can do for you?|Anything else I can help with today?|Do you have any other questions?}',
  )
  s.them('0', "{No, that's all.|No, that's it.|No.} {Thank you.|Thanks for your help.|}")
  s.us(
    '0',
    `{Thank you for being with us since ${s.customer.since}|We're sorry to lose you}, ${s.name}. {All the best.|Take care.}`,
    `All right. {The door is always open|You're always welcome back}, ${s.name}. {Take care.|All the best.}`,
  )
  if (s.voice) s.them('0', '{Thanks. Bye.|Goodbye.|You too.}')
}

function askToCancel(s: Scene, mood: '0' | '-', reasons: readonly string[]): void {
  s.open({
    mood,
    says: [
      `I'd like to cancel my {contract|internet}. ${s.pick(...reasons)}`,
      `{I want to|I need to} end my contract with you. ${s.pick(...reasons)}`,
    ],
    ack: [
      "{I'm sorry to hear that.|Sorry to see you go.} {Let me open your contract.|I can help you with that.}",
      '{OK, I can help with that.|I understand.} {First let me look at your contract.|}',
    ],
  })
  s.verify()
}

function movingAbroad(s: Scene): void {
  askToCancel(s, '0', [
    "{I'm moving abroad next month.|We're moving overseas for my wife's job.}",
    "I'm moving in with my {boyfriend|girlfriend}, and {the apartment has a line already|we don't need two lines}.",
    s.pick("It was my father's line, and he", "It was my mother's line, and she") +
      ' has moved to a care home.',
  ])
  const end = s.workday(28, 34)
  s.us(
    '0',
    `{I see.|That's a good reason.} {The earliest date is|It can end on} ${s.date(end)}, {that's thirty days from now|with thirty days' notice}. {Is that OK?|Would that work for you?}`,
  )
  s.them('0', "{Yes, that's fine.|That works.} {Is there a fee?|Do I have to pay anything?}")
  s.us(
    '0',
    `{No. You've been with us since ${s.customer.since}, so there's no fee.|Nothing extra, only the last bill.} {You just send the router back, I'll mail you a label.|I'll e-mail the return label for the router.}`,
  )
  s.them(
    '+',
    '{Great, that was easier than I thought.|Thanks. I expected that to be harder.|Perfect, thank you.}',
  )
  s.us(
    '0',
    `{The confirmation is on its way to|You'll have the confirmation in a minute at} ${s.customer.email}. {We'd be happy to have you back one day.|}`,
  )
  s.close('good')
}

function tooExpensive(s: Scene): void {
  const rival = s.money(s.customer.price - s.pick(10, 12, 15))
  const offer = s.money(s.customer.price - s.pick(8, 10))
  askToCancel(s, '0', [
    "{It's too expensive.|It's just too much money for what I get.}",
    "{I've found a better offer.|I can get the same for less.}",
    '{I have to save money.|We have to cut our costs at home.}',
  ])
  s.us(
    '0',
    `You have ${s.customer.plan} for ${s.money(s.customer.price)} now. {May I ask if you have another offer?|Do you mind telling me what you'd pay elsewhere?}`,
  )
  s.them(
    '0',
    `{Yes, |}${rival} {a month|for the same speed}{, for two years|}.`,
    `{The other company wants|With them it's} ${rival}. {And the first month is free.|}`,
  )
  s.hold()
  const speed = s.customer.plan === 'Fiber 1000' ? 'and the TV package for free' : 'and the next speed up'
  s.us(
    '+',
    `{You've been with us since ${s.customer.since}|We'd like to keep you}, so {I can offer you|here's what I can do:} ${offer} a month for {twelve|twenty-four} months{, ${speed}|}.`,
  )
  if (s.chance(0.55)) {
    s.them('0', '{Hm. And it stays at that price?|And what happens after that?|Is that everything included?}')
    s.us(
      '0',
      `{Yes, for the whole time.|It's fixed for that time.} After that you can {leave|go} with thirty days' notice. {No tricks.|}`,
    )
    s.them(
      '+',
      "{OK, you've convinced me.|All right, I'll stay.|That's fair, let's do that.} {It saves me the hassle.|}",
    )
    s.us(
      '+',
      `{I'm glad.|Wonderful.} {It's in place from your next bill|The new price starts with your next bill}, and {the confirmation is in your mail|you'll get it in writing}.`,
    )
    s.close('good')
    return
  }
  s.them(
    '-',
    `{Why didn't I get that price before?|So I have to threaten to leave to get a fair price?} {No, I've made up my mind.|I'd rather leave.}`,
  )
  s.us(
    '~',
    `{I understand, and I won't keep you.|Fair enough.} Your contract ends on ${s.date(s.workday(28, 34))}. {The line stays on until then.|You can use it until the last day.}`,
  )
  s.them('0', '{OK. And the router?|Fine. Will I get that in writing?}')
  s.us(
    '0',
    `{The return label and the confirmation go|I'm sending the confirmation, with a label for the router,} to ${s.customer.email}.`,
  )
  partWays(s)
}

function badService(s: Scene): void {
  const times = s.pick('three', 'four', 'five')
  askToCancel(s, '-', [
    `{My line has been down|I've had outages} ${times} times since ${s.month(-60)}, and {I've had enough|I'm done}.`,
    `{I've called ${times} times about the same problem.|Nobody has fixed my line in ${times} weeks.} {I'm done.|I give up.}`,
  ])
  s.hold()
  s.us(
    '~',
    "{I've read the notes, and I'm sorry.|I can see all of it here, and honestly, I'd want to leave, too.} {Nobody looked at the line outside your home.|Each time it was restarted and nobody looked for the cause.}",
  )
  s.them(
    '-',
    "{Exactly.|That's what I've been saying.} {Every time someone tells me to restart the router.|I've restarted that thing a hundred times.}",
  )
  const on = s.workday(1, 3)
  s.us(
    '0',
    `{Would you give us one more chance?|Here's my suggestion.} A senior technician comes ${s.on(on)}, and {you don't pay for this month|this month is free}. If it {isn't fixed|fails again}, you can leave the same day, no notice.`,
  )
  if (s.chance(0.5)) {
    s.them(
      '~',
      "{One more chance. The last one.|OK. But that's really the last time.} {I want that in writing.|}",
    )
    s.us(
      '0',
      `{Thank you.|I appreciate that.} {It's on its way to your e-mail|I've put it in writing}: ${s.fullDay(on)}, ${s.pick('8 to 10', '9 to 12', '2 to 4')}, and the right to leave at any time.`,
    )
    s.close('fine')
  } else {
    s.them(
      '-',
      "{No. I've already signed with somebody else.|It's too late, the new line comes on Monday.|No, just cancel it, please.}",
    )
    s.us(
      '0',
      `I understand. {Because of the faults|Given what happened}, I'm ending it {today|as of ${s.day(s.workday(2, 5))}}, {without notice and without a fee|and there's no fee}.`,
    )
    s.them('0', "{Thank you. That's all I wanted.|OK. At least that was quick.}")
    partWays(s)
  }
}

export const retention: readonly Scenario[] = [
  inbound('cancel contract', 'retention', 7, cancelContract, {
    media: SPOKEN_OR_CHAT,
    bot: {
      intent: 'cancel_contract',
      gist: 'ending your contract',
      asks: ['I want to cancel', 'Cancel my contract', 'How do I end my contract?'],
    },
  }),
]

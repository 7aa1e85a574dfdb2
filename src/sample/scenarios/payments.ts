import type { Product } from '../facts.ts'
import { an, caseNumber, orderNumber, product } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { askOrder } from './deliveries.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

function cardExpired(s: Scene): void {
  const last = s.digits(4)
  s.open({
    mood: '0',
    says: [
      "{I got an e-mail that|It says} my payment didn't go through. I think my card has expired.",
      `I have a new card and {need to change it on|want to put it on} my account.`,
      `My card ending in ${last} {expired|ran out} last month and {now your app won't take the new one|I need to give you the new one}.`,
    ],
    ack: [
      '{No problem|Sure}, I can help you with that.',
      "{That's quickly done|We can fix that in a minute}.",
      'Thanks for letting us know. {Nothing to worry about.|}',
    ],
  })
  s.verify()
  s.us(
    '0',
    `{For your safety I can't take card numbers ${s.voice ? 'over the phone' : 'here'}|Please don't give me the card number}, so I'll send you a secure link {by text|by e-mail}. {It's good for fifteen minutes.|Can you open it now?}`,
  )
  s.them(
    '0',
    "{OK, I'm ready.|Sure, send it.} {|I have my phone here.}",
    "{Is that safe?|How do I know it's really from you?}",
  )
  if (s.last.endsWith('?')) {
    s.us(
      '0',
      "{Good question.|It's good that you ask.} The link starts with fernhallow.example.com, and it {never asks for your password|only asks for the card}.",
    )
    s.them('0', '{OK, then go ahead.|All right.}')
  }
  s.wait(20, 70)
  s.them(
    '0',
    '{OK, I\'ve put it in.|Done. It says "card saved".}',
    '{It came.|Got it.} {Filling it in... done.|OK, saved.}',
  )
  s.us(
    '0',
    `{I can see it|It's here}: a card ending in ${s.digits(4)}, valid until ${s.pick('03', '06', '08', '11')}/${s.pick('29', '30', '31')}. {Shall I|Do you want me to} take the open ${s.money(s.customer.price)} from it now?`,
  )
  s.them(
    '0',
    '{Yes, please.|Yes, go ahead.}',
    '{Can you wait until Friday? I get paid then.|Not today, {could you do it|can it be} on the first?}',
  )
  if (s.last.startsWith('Yes'))
    s.us('+', "{That went through.|Paid. You're up to date.} {Your service was never interrupted.|}")
  else s.us('0', "{Of course, I'll set it for then|Sure, I've moved it}. There's no late fee.")
  s.close(s.chance(0.7) ? 'good' : 'fine')
}

function refundStatus(s: Scene): void {
  const item = product(s)
  const sent = s.back(9, 22)
  const cross = s.chance(0.45)
  s.open({
    mood: cross ? '-' : '0',
    says: [
      `I sent back ${an(item.name)} ${s.on(sent)} and {I still don't have my money|the refund hasn't come}.`,
      `I'm {waiting for|asking about} a refund of ${s.money(item.price)}. The ${item.name} went back ${s.on(sent)}.`,
      `When do I get my refund? You {picked up|collected} the ${item.name} ${s.on(sent)}.`,
    ],
    ack: [
      "{Let me see how far it has got.|I'll check where it is.}",
      '{I can look that up.|Sure, let me check the return.}',
    ],
  })
  askOrder(s, orderNumber(s))
  s.verify()
  s.hold()
  s.pick(refunded, forgotten, inspected)(s, item, cross)
}

function refunded(s: Scene, item: Product, cross: boolean): void {
  const out = s.back(1, 3)
  s.us(
    '+',
    `{Good news|OK}: it went out ${s.on(out)}, ${s.money(item.price)} to the card ending in ${s.digits(4)}. {Banks take up to five days.|It should show by ${s.day(s.workday(2, 4))}.}`,
  )
  s.them(
    cross ? '0' : '+',
    "{OK, I'll wait a few more days.|Good, then I know.}",
    "{That's my old card, though.|Hm, that card is closed.}",
  )
  if (s.last.includes('card')) {
    s.us(
      '0',
      "{The bank usually passes it on to the new one.|That still works: the bank moves it to your account.} If it isn't there in a week, {tell us|call us} and we'll send a check.",
    )
    s.them('0', '{OK, good.|All right.}')
  }
  s.close('fine')
}

function forgotten(s: Scene, item: Product, cross: boolean): void {
  s.us(
    '~',
    `{I see the problem.|I found it.} The ${item.name} came back to us, {but nobody checked it in|but the return was never closed}, so the refund wasn't started. {That's our mistake.|I'm sorry, that's on us.}`,
  )
  s.them(
    '-',
    cross
      ? "{So I wait another two weeks?|And if I hadn't asked?}"
      : '{Oh. And now?|OK. So how long will it take?}',
  )
  s.us(
    '0',
    `{I've released it myself|I've just released it}. ${s.money(item.price)}, three working days. Your reference is ${caseNumber(s)}{, and I'll check on it myself ${s.on(s.workday(2, 3))}|}.`,
  )
  s.them(cross ? '0' : '+', '{OK, thank you.|Good. Thank you for doing that.}')
  s.close(cross ? 'fine' : 'good')
}

function inspected(s: Scene, _item: Product, cross: boolean): void {
  s.us(
    '0',
    `The return is here, and it's waiting for inspection. {That takes up to ten working days|They check every item}, {so I'd expect it|which means a refund} by ${s.date(s.workday(3, 6))}.`,
  )
  s.them(
    cross ? '-' : '0',
    cross
      ? "{Ten days to look at a box?|That's far too long.} {It's a lot of money for me.|}"
      : '{OK, so I just have to be patient.|Hm, OK.}',
  )
  if (cross)
    s.us(
      '0',
      "{I understand.|I know, it's long.} I've {marked it as urgent|asked them to take yours first}, but I {don't want to promise|can't promise} more than that.",
    )
  s.close(cross ? 'bad' : 'fine')
}

function paymentPlan(s: Scene): void {
  const owed = Math.round(s.customer.price * s.pick(2, 3) * 100) / 100
  const parts = s.pick(2, 3, 4)
  s.open({
    mood: '~',
    says: [
      "{I'm not able to|I can't} pay my bill this month{. I lost some shifts at work|, my hours were cut|}. {Can I have more time?|Is there anything I can do?}",
      `I got a reminder for ${s.money(owed)} and {I just don't have it|I can't pay it all at once}.`,
    ],
    ack: [
      "Thank you for {telling us|coming to us}. {There's usually a way.|We'll find a way.}",
      "{I'm sorry to hear that.|I understand.} Let's see what we can do, {there are a few options|it's good that you ask before it gets worse}.",
    ],
  })
  s.verify()
  s.us(
    '0',
    `You have ${s.money(owed)} open. I can {split it into|spread it over} ${parts} payments of ${s.money(owed / parts)}, or move the due date by {two|three} weeks. {What would be easier?|Which would help more?}`,
  )
  if (s.chance(0.65)) {
    s.them(
      '0',
      `{The payments, I think.|Splitting it would help.} {Does that cost anything?|Is there interest on that?}`,
    )
    s.us(
      '0',
      '{No, no interest and no fee.|Nothing extra.} {The first one would be due|When would you like to pay the first one? It could be} on the first of the month.',
    )
    s.them(
      '+',
      '{That works.|OK, I can do that.} {Thank you for being so nice about it.|That takes a load off my mind.}',
    )
  } else {
    s.them('0', '{Just the extra time.|More time is enough.} I get paid on the {fifteenth|twentieth}.')
    s.us(
      '+',
      "{Then I'll move it to the end of the month.|OK, I've moved it, so you're on the safe side.} Your line stays on {all the time|as it is}.",
    )
    s.them(
      '+',
      '{Oh, thank goodness.|Thank you, really.}',
      "{I was worried you'd cut me off.|I was afraid to ask, to be honest.} Thank you.",
    )
  }
  s.close('good')
}

function invoiceCopy(s: Scene): void {
  const months = s.pick('the last three months', 'all of last year', `${s.month(-62)} and ${s.month(-31)}`)
  s.open({
    mood: '0',
    says: [
      `{I need|Could I get} copies of my bills for ${months}, {for my taxes|for my accountant|my landlord is asking for them}.`,
      `Can you send me the invoices for ${months}? {I can't find them in the app.|I never got them by e-mail.}`,
    ],
    ack: ['{Sure, no problem.|Of course.}', 'Yes, I can {send|e-mail} those to you.'],
  })
  s.verify()
  s.us('0', `{Shall I send them to|They'd go to} ${s.customer.email}{?|, is that right?}`)
  s.them('0', "{Yes, please.|Yes, that's right.|Perfect.}")
  s.wait(10, 40)
  s.us(
    '+',
    "{They're on their way|I've sent them}, as PDF files. {It can take ten minutes.|Have a look in your spam folder if you don't see them.}",
  )
  s.close('good')
}

export const payments: readonly Scenario[] = [
  inbound('card expired', 'billing', 4, cardExpired, {
    bot: {
      intent: 'update_payment_method',
      gist: 'your payment card',
      asks: ['I need to change my card', 'My payment failed', 'New credit card'],
    },
  }),
  inbound('refund status', 'billing', 5, refundStatus, {
    bot: {
      intent: 'refund_status',
      gist: 'a refund',
      asks: ['Where is my refund?', "I haven't got my money back", 'Refund status'],
    },
  }),
  inbound('payment plan', 'billing', 3, paymentPlan),
  inbound('invoice copy', 'billing', 2, invoiceCopy),
]

import { invoiceNumber } from '../facts.ts'
import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

function wrongInvoice(s: Scene): void {
  s.pick(chargedTwice, promotionEnded, unknownCharge)(s)
}

function chargedTwice(s: Scene): void {
  const price = s.money(s.customer.price)
  const on = s.back(1, 5)
  const cross = s.chance(0.4)
  s.open({
    mood: '-',
    says: [
      `{You took|You've taken} ${price} from my account twice this month.`,
      `I've been charged twice. ${price} went out ${s.on(on - 1)} and {then again|another ${price} the day after}.`,
      `{I'm looking at my bank statement and|My bank shows that} Fernhallow charged me ${price} two times. {I only have one contract.|That can't be right.}`,
    ],
    ack: [
      "I'm sorry about that, let me look at your payments.",
      "That shouldn't happen. {I'll check right away.|Let me see what went through.}",
      '{Right, let me check that with you.|OK, let me see both payments.}',
    ],
  })
  s.verify()
  s.hold()
  if (s.chance(0.7)) paidTwice(s, price, cross)
  else twoContracts(s, price)
}

function paidTwice(s: Scene, price: string, cross: boolean): void {
  s.us(
    '0',
    `{You're right|Yes, I see both}. The first payment was {reported as failed by the bank|held up at the bank}, so our system tried again, and then {both went through|the first one came in after all}.`,
  )
  if (cross) {
    s.them(
      '-',
      `{And now I'm overdrawn because of you.|I had a fee from my bank because of this.} {Who pays for that?|So what are you going to do about that?}`,
    )
    s.us(
      '0',
      "{Send me a screenshot of the fee|If you e-mail us the bank's fee} and we'll cover {it|that as well}. {That's on us.|I've made a note so nobody asks twice.}",
    )
  } else s.them('0', '{Ah, OK.|I see.} {So do I get it back?|And the second one?}')
  s.us(
    '0',
    `I've {sent|started} the refund of ${price} {now|just now}. {It takes three to five working days to show.|Your bank should have it within three days.}`,
  )
  s.them(
    cross ? '0' : '+',
    "{OK. I'll keep an eye on it.|All right. Can you confirm that in writing?}",
    '{Great, thank you.|Good, that was quick.}',
  )
  if (s.last.includes('writing')) s.us('0', `Of course. It's on its way to ${s.customer.email}.`)
  s.close(cross ? 'fine' : 'good')
}

function twoContracts(s: Scene, price: string): void {
  const other = s.between(1, 9)
  s.us(
    '0',
    `I can only see one payment of ${price} on this contract. But there's a second contract under your name, for an address at ${other} ${s.pick('Elm Street', 'Park Row', 'Vine Street')}. {Does that ring a bell?|Is that yours?}`,
  )
  s.them(
    '0',
    "{Oh! That's my mother's place.|Oh, that's my daughter's apartment. I set it up for her.} {I forgot I put my card on that.|I didn't know it was on my card.}",
  )
  s.us(
    '0',
    '{No problem at all.|That explains it.} Would you like to {change the card on that one|put a different card on that contract}?',
  )
  s.them(
    '0',
    "{I'll talk to her first.|No, leave it. I'll ask her.} {Sorry for the trouble.|Now I feel silly.}",
  )
  s.us('+', "{Not at all, that's what we're here for.|Don't worry, it happens a lot.}")
  s.close('good')
}

function promotionEnded(s: Scene): void {
  const was = s.customer.price - s.pick(10, 12, 15)
  const cross = s.chance(0.5)
  s.open({
    mood: cross ? '-' : '0',
    says: [
      `My bill went up from ${s.money(was)} to ${s.money(s.customer.price)} and {nobody told me why|I didn't change anything}.`,
      `{Why is|Can you explain why} my ${s.month(0)} bill {is |}${s.money(s.customer.price)}? I've always paid ${s.money(was)}.`,
      `I have a question about invoice ${invoiceNumber(s)}. It's ${s.money(s.customer.price - was)} more than {last month|usual}.`,
    ],
    ack: [
      "{Sure|Of course}, let's go through it together.",
      'I can {explain|check} that for you.',
      '{Let me open that bill.|Let me have a look at the bill.}',
    ],
  })
  s.verify()
  s.hold()
  s.us(
    '0',
    `{I see what it is.|OK, here it is.} You had a promotion of ${s.money(s.customer.price - was)} off {a month for the first year|for twelve months}, and that ended ${s.on(s.back(8, 25))}. The ${s.customer.plan} plan itself is still ${s.money(s.customer.price)}.`,
  )
  s.them(
    cross ? '-' : '0',
    cross
      ? `{I've been with you since ${s.customer.since} and that's how you treat me?|So new customers pay less than I do?} {That's not right.|}`
      : "{Oh, I'd forgotten about that.|Hm. I didn't realize it ran out.} {Is there anything you can do?|Can I get it again?}",
  )
  if (s.chance(0.6)) {
    s.us(
      '0',
      `{Let me see what I can do.|I understand.} {If you stay with us for another twelve months|For a new twelve months}, I can bring it {back to|down to} ${s.money(was + 2)}.`,
    )
    s.them('0', "{And the speed stays the same?|Is there a catch?|That's it? Nothing else changes?}")
    s.us(
      '0',
      `{The same plan, the same speed|Nothing else changes}. {Only the price.|You'd just be committed for the twelve months.}`,
    )
    s.them(
      '+',
      "{OK, let's do that.|Then yes, please.} {Thank you.|}",
      "That's fair. {Go ahead.|Put me down for it.}",
    )
    s.us('+', `{It's done|All set}. It applies from your next bill{ in ${s.month(30)}|}.`)
    s.close('good')
  } else {
    s.us(
      '~',
      `{I looked, but there's no|I'm afraid there isn't a} promotion on that plan {right now|at the moment}. {What I could do is move you to a smaller plan.|The only cheaper option would be a slower plan.}`,
    )
    s.them(
      '-',
      "{No, I need the speed.|I don't want a slower line.} {I'll have to think about it.|Then I'll look around.}",
    )
    s.us(
      '0',
      "{I understand. We have new offers on the first of the month, so it may be worth {asking again|a call then}.|That's fair. I'll put a note here that you asked, so {the contracts team|a colleague} can call you if something comes up.}",
    )
    s.close(cross ? 'bad' : 'fine')
  }
}

function unknownCharge(s: Scene): void {
  const amount = s.money(s.pick(9.9, 12.5, 19, 24.9, 35))
  const charge = s.pick('a late fee', 'a "Home Care" charge', 'an "extra equipment" line', 'a service visit')
  s.open({
    mood: '-',
    says: [
      `There's ${charge} of ${amount} on my {last|${s.month(0)}} bill and I don't know what it is.`,
      `I'm being charged ${amount} for ${charge.replace(/^an? /, '')}. {I never asked for that.|What is that?}`,
    ],
    ack: [
      "{Let me look at that line for you.|I'll check where that comes from.}",
      "I can see why you'd ask. {Let me check.|Let me open the bill.}",
    ],
  })
  s.verify()
  s.us('0', "{Could you read me|What's} the invoice number? {It's at the top on the right.|}")
  s.them('0', `{It's |}${invoiceNumber(s)}.`)
  s.hold()
  if (s.chance(0.6)) {
    s.us(
      '0',
      `{I see it.|OK, found it.} {That was booked on your account by mistake|That belongs to another customer with a similar number}. {I'm taking it off|I've removed it}, and you'll get a corrected bill.`,
    )
    s.them(
      '0',
      "{OK. And I already paid it.|It's already been paid, though.} {Do I get that back?|What about the money?}",
    )
    s.us(
      '+',
      `{Yes, the ${amount} comes off your next bill.|You do: ${amount} goes back to your card this week.}`,
    )
    s.close('good')
  } else {
    const when = s.back(10, 24)
    s.us(
      '0',
      `That was added ${s.on(when)}, {through the app|when somebody in your home ordered it in the app}. {Could that have been someone in your family?|Does anyone else use your login?}`,
    )
    s.them(
      '~',
      '{My son, probably.|That must have been my husband.|Oh no, my daughter plays with my phone.} {Can you take it off anyway?|Can I still cancel it?}',
    )
    s.us(
      '0',
      `{I can cancel it from today|Yes, it stops today}, and {since it's the first time I'll credit the ${amount}|as a courtesy I'm crediting the ${amount}}. {You can set a PIN for orders in the app.|I'd put a PIN on orders, it's under Settings.}`,
    )
    s.them('+', "{That's very kind.|Oh, thank you.} {I'll do that tonight.|I'll have a word with them.}")
    s.close('good')
  }
}

export const billing: readonly Scenario[] = [
  inbound('wrong invoice', 'billing', 9, wrongInvoice, {
    bot: {
      intent: 'billing_question',
      gist: 'a charge on your bill',
      asks: [
        'My bill is too high',
        'I have a question about my {bill|invoice}',
        'You charged me wrong',
        'Why is my bill higher this month?',
      ],
    },
  }),
]

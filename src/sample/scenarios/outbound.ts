import { caseNumber, largeProduct, visitKind } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { bye, reach } from './calling.ts'
import type { Scenario } from './scenario.ts'
import { outbound } from './scenario.ts'

function paymentReminder(s: Scene): void {
  const owed = s.money(s.customer.price)
  const due = s.back(7, 16)
  reach(s)
  s.us(
    '0',
    `{It's about|I'm calling about} your ${s.month(due)} bill. {We tried to take ${owed} on ${s.date(due)} and the bank sent it back|${owed} has been open since ${s.date(due)}}. {I wanted to check that everything is all right.|I wanted to ask before a reminder goes out.}`,
  )
  s.them(
    s.chance(0.5) ? '0' : '~',
    "{Oh, that's strange.|Oh no. I changed banks.|Really? I thought that was paid.} {I had no idea.|Let me think.}",
    "{I know, I'm sorry. It's been a difficult month.|Yes. I'm waiting for my pay.}",
  )
  const hard = /month|pay\./.test(s.last)
  if (hard) {
    s.us(
      '0',
      `{That's all right.|I understand, thanks for telling me.} {Shall I move it to the end of the month?|Would two weeks more help?}`,
    )
    s.them('+', '{That would help a lot.|Yes, please. Thank you.}')
    s.us('0', "{OK, I've moved it, no fee.|It's moved, and there's no late fee.}")
  } else {
    s.us(
      '0',
      "{No problem.|These things happen.} {I can text you a link to put in the new details.|I'll send you a secure link, it takes a minute.}",
    )
    s.them('0', "{OK, send it.|Please do.} {I'll do it tonight.|I'll do it right after this.}")
    s.us('0', "{It's on its way.|You should have it now.} {It's good until midnight.|And there's no fee.}")
  }
  bye(s)
}

function followUp(s: Scene): void {
  const ref = caseNumber(s)
  const about = s.pick('the delivery', 'your internet line', 'the bill', 'the visit that went wrong')
  reach(s)
  s.us(
    '0',
    `{I promised to call you|I'm calling back} about ${about}, case ${ref}. {I wanted to hear whether it's all solved.|Is everything all right now?}`,
  )
  if (s.chance(0.65)) {
    s.them(
      '+',
      "{Oh, you really called!|That's nice.} {Yes, it's all fine now.|It's been perfect since.}",
      '{Yes, it is. Thank you for asking.|It works now, finally.}',
    )
    s.us('+', "{I'm so glad.|That's good to hear.} {Then I'll close the case.|May I close the case, then?}")
    s.them('0', '{Yes, you can close it.|Sure.|Yes, please.}')
  } else {
    s.them(
      '-',
      "{To be honest, no.|Not really.} {It worked for two days.|I'm still waiting for the letter you promised.|The credit isn't on my bill.}",
    )
    s.us(
      '~',
      "{I'm sorry. Then I won't close it.|OK, that's not what I wanted to hear.} {I'll see to it today.|Let me check what's missing.}",
    )
    s.wait(10, 40)
    s.us(
      '0',
      `{I see what's missing, and I've just done it myself.|It was waiting for a signature. I've signed it.} {I'll call again ${s.on(s.workday(3, 4))}.|You'll have it ${s.on(s.workday(2, 3))}.}`,
    )
    s.them('~', '{OK. Thanks for staying on it.|Good. I appreciate the call.}')
  }
  bye(s)
}

function renewal(s: Scene): void {
  const price = s.money(s.customer.price - s.pick(3, 4, 5))
  reach(s)
  s.us(
    '0',
    `{Your contract runs out in ${s.month(40)}|Your twelve months are nearly over}, and {I have an offer for you|I wanted to see if you're happy with it}. {You'd stay on ${s.customer.plan} for ${price} a month.|I could give you ${s.customer.plan} for ${price} for another year.}`,
  )
  const ending = s.between(0, 2)
  if (ending === 0) {
    s.them('0', "{Hm. That's cheaper than now, right?|And what's the catch?}")
    s.us(
      '0',
      `{Yes, you pay ${s.money(s.customer.price)} now.|No catch. It's what we give people who stay.} {You'd just be with us for another twelve months.|}`,
    )
    s.them('+', '{OK, sure.|Then yes.|Sounds good.} {Do I have to sign something?|}')
    s.us('0', `You'll get {an e-mail|a message} with one button to confirm.`)
  } else if (ending === 1) {
    s.them('0', "{I'd need to talk to my partner.|Can you send me that? I don't decide on the phone.}")
    s.us(
      '0',
      `{Of course. I'll e-mail it to you|That's sensible. You'll have it by e-mail today}, it's good {for two weeks|until the end of the month}.`,
    )
    s.them('0', '{OK, thank you.|Good.}')
  } else {
    s.them(
      '-',
      "{I'm not interested, thanks.|I don't like being sold things on the phone.|Please take me off your list.}",
    )
    s.us(
      '0',
      "{I understand. I've made a note so we don't call again.|Of course. I'll take you off the list.}",
    )
    s.them('0', '{Thank you.|OK.}')
  }
  bye(s, ending !== 2)
}

/** Nobody picks up; what the machine says is the contact's. */
function voicemail(s: Scene): void {
  const { first, last } = s.customer
  const about = s.pick(
    `your ${visitKind(s)} ${s.on(s.workday(1, 3))}`,
    `your ${largeProduct(s).name}, which has arrived`,
    `your ${s.month(-10)} bill`,
    `case ${caseNumber(s)}`,
    'the callback you asked for',
  )
  s.them(
    '0',
    `{Hi, you've reached|Hello, this is} ${first}{ ${last}|}. {I can't come to the phone right now.|I'm not here.} {Please leave a message|Leave me a message} after the {beep|tone}.`,
  )
  s.us(
    '0',
    `{Hello|Hi} ${first}, {this is ${s.agent.first} from Fernhallow|my name is ${s.agent.first}, I'm calling from Fernhallow}. {It's|I'm calling} about ${about}.`,
  )
  s.us(
    '0',
    `{You can call us back|Please call us back} at ${s.pick('555-0100', '555-0111', '555-0122')}, {any day from eight to eight|we're here until eight}. {It's nothing urgent.|}`,
  )
  s.us(
    '+',
    `{Thank you, and goodbye.|Have a good ${s.daytime}, ${first}. Bye.|I'll also try again ${s.on(s.workday(1, 2))}. Bye.}`,
  )
}

export const outboundCalls: readonly Scenario[] = [
  outbound('payment reminder', 'billing', 3, ['voice'], paymentReminder),
  outbound('follow-up', 'relations', 3, ['voice'], followUp),
  outbound('renewal', 'retention', 3, ['voice'], renewal),
  outbound('voicemail', 'bookings', 2, ['voice'], voicemail),
]

import { an, caseNumber, technician, timeWindow, twoWindows, visitKind } from '../facts.ts'
import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

function changeBooking(s: Scene): void {
  const kind = visitKind(s)
  const was = s.workday(1, 3)
  const wasTime = timeWindow(s)
  const reason = s.pick(
    'I have to work',
    'my son has a school thing',
    "I'm traveling",
    "I have a doctor's appointment",
    "we're moving the furniture that day",
    "I'll be at a funeral",
  )
  s.open({
    mood: '0',
    says: [
      `I have {an appointment|a visit} ${s.on(was)} for ${an(kind)}, and I need to {move it|change it}. {Turns out|Unfortunately} ${reason}.`,
      `Can I move my ${kind}? It's ${s.on(was)}, ${wasTime}, but ${reason}.`,
      `I {need|have} to change {a booking|an appointment}. It's the ${kind} ${s.on(was)}.`,
    ],
    ack: [
      '{Sure, no problem.|Of course.} {Let me open the booking.|}',
      "{That's not a problem.|Happy to move it.} {I'll just find the booking.|}",
    ],
  })
  s.verify()
  s.wait(4, 15)
  const [early, late] = twoWindows(s)
  const first = s.workday(was + 3, was + 5)
  const second = s.workday(first + 2, first + 5)
  s.us(
    '0',
    `I see it: ${kind}, ${s.fullDay(was)}, ${wasTime}. {The next free ones are|I could do} ${s.fullDay(first)}, ${early}, or ${s.fullDay(second)}, ${late}.`,
  )
  if (s.chance(0.3)) {
    canceledSlot(s, was, late)
    return
  }
  const sooner = s.chance(0.6)
  s.them(
    '0',
    sooner
      ? `{The ${early.replace('between ', '').replace(' and ', ' to ')} one|The first one}, please.`
      : `{The second one is better.|${s.fullDay(second)}, please.}`,
  )
  s.us(
    '0',
    `{That's changed|Done}. ${sooner ? `${s.fullDay(first)}, ${early}` : `${s.fullDay(second)}, ${late}`}. {You'll get a text the day before.|I'll send you a new confirmation.|}`,
  )
  if (s.chance(0.3)) {
    s.them('0', '{Does it cost anything to change?|Is there a fee for changing?}')
    s.us('0', "{No, it's free up to the day before.|Not if it's more than 24 hours ahead.}")
  }
  s.close(s.chance(0.6) ? 'good' : 'fine')
}

/** Neither time suits, and somebody else's visit has just become free. */
function canceledSlot(s: Scene, was: number, late: string): void {
  const saturday = s.pick('on a Saturday', 'in the evening')
  s.them(
    '0',
    `{Is there nothing sooner?|Do you have anything ${saturday}?|Both are hard for me. Do you ever come ${saturday}?}`,
  )
  s.hold()
  const found = s.workday(was + 1, was + 1)
  s.us(
    '+',
    `{You're in luck|I found something}: somebody just canceled {on|for} ${s.day(found)}, ${late}. {Shall I take it?|Would that do?}`,
  )
  s.them('+', "{Yes, take it!|Oh, yes please.} {That's perfect.|}")
  s.us('0', `{It's yours.|Booked.} ${s.fullDay(found)}, ${late}. {You'll get a text the day before.|}`)
  s.close('good')
}

function noShow(s: Scene): void {
  const kind = visitKind(s)
  const at = timeWindow(s)
  const name = technician(s)
  const they = name === 'Tina' || name === 'Ellie' ? 'she' : 'he'
  const today = s.hour > 13 && s.chance(0.5)
  const was = today ? 'today' : s.day(s.back(1, 1))
  s.open({
    mood: '-',
    says: [
      `${today ? "I've been waiting all day" : `I waited the whole day ${was}`} for your technician. {Somebody|He} was supposed to come ${at} for the ${kind}.`,
      `Nobody {came|turned up} for my ${kind} ${was}. {I took the day off for this.|I don't get paid when I stay home.} {What happened?|}`,
      `{This is the second time|For the second time} your technician {hasn't come|doesn't come}. {I've had enough.|I want to know what is going on.}`,
    ],
    ack: [
      "{I'm very sorry.|I'm so sorry about that.} {Nobody should have to wait like that.|That's a day of your life, I understand.} Let me find out.",
      "{That must be really annoying|I'd be upset too}, I'm sorry. {Let me see what happened.|Let me look at the booking.}",
    ],
  })
  s.verify()
  s.hold()
  s.us(
    '~',
    `${name} {noted that ${they} rang and nobody answered|was held up at the job before yours and the message never reached you|was called away to an emergency, and nobody rebooked you}. {I'm sorry.|You should have had a call.|That's not acceptable, and I'm sorry.}`,
  )
  s.them(
    '-',
    '{I was home the whole time.|My phone was right next to me.|I was sitting by the door!} {Nobody called.|No one rang any bell.}',
  )
  newTry(s, name, they)
  s.us(
    '0',
    `{I'll write that in the booking.|I've put that in the notes.} Your case number is ${caseNumber(s)}{, and you can ask for me, ${s.agent.first}|}.`,
  )
  s.close(s.pick('fine', 'bad'))
}

/** What is offered to somebody who has waited in vain. */
function newTry(s: Scene, name: string, they: string): void {
  const next = s.workday(1, 1)
  const [early] = twoWindows(s)
  const credit = s.money(s.pick(25, 30, 40, 50))
  s.us(
    '0',
    `I {believe you|hear you}. {Here's what I can do|What I can do is this}: the first visit ${s.on(next)}, ${early}, and ${credit} {off your next bill|credit for the lost day}.`,
  )
  if (s.chance(0.35)) {
    s.them(
      '-',
      `{I can't do ${s.day(next)}.|I can't take another day off.} {Do you come in the evening?|Can't someone come after five?}`,
    )
    s.us('0', "{Let me ask the dispatcher.|I'll ask the crew.}")
    s.wait(40, 120)
    s.us(
      '0',
      `{OK, ${name} can come at 5:30|They can do 5:30 to 7} ${s.on(next)}. {I've got it in writing from the dispatcher.|It's the last visit of the day.}`,
    )
    s.them(
      '~',
      `{All right. But if it happens again, I'm leaving.|OK. Let's see.|Good. And I want a call if ${they}'s late.}`,
    )
  } else
    s.them(
      '~',
      "{OK. But please, somebody has to call me if it changes.|Fine. I hope it's true this time.|All right. Thank you for the credit, at least.}",
    )
}

function newVisit(s: Scene): void {
  const [kind, detail] = s.pick(
    ['furnace tune-up', "{It's been two years since the last one.|I'd like it done before winter.}"],
    ['air conditioning service', "{It makes a noise.|It isn't as cold as it used to be.}"],
    ['water heater check', "{The water is only lukewarm.|There's a drip underneath.}"],
    ['internet installation', "{We're moving into a new place.|I signed up online last week.}"],
  ) as [string, string]
  s.open({
    mood: '0',
    says: [
      `I'd like to book ${an(kind)}. ${detail}`,
      `{Could somebody come for|Can I make an appointment for} ${an(kind)}? ${detail}`,
    ],
    ack: [
      "{Sure.|Of course.} {I can book that for you.|Let's find a day.}",
      '{Happy to.|Yes, we can do that.} {Let me see who is free near you.|}',
    ],
  })
  s.verify()
  if (s.chance(0.5)) {
    s.us('0', `{And is it still|Is that for} the address in ${s.customer.city}, ${s.customer.street}?`)
    s.them('0', "{Yes.|That's right.|Yes, second floor.|Yes, the entrance is at the back.}")
  }
  const first = s.workday(2, 5)
  const second = s.workday(first + 2, first + 5)
  const [early, late] = twoWindows(s)
  s.us('0', `{I have|We have} ${s.fullDay(first)}, ${early}, or ${s.fullDay(second)}, ${late}.`)
  const one = s.chance(0.5)
  s.them(
    '0',
    one
      ? '{The first one is good.|The earlier one, please.}'
      : '{The second, please.|The later one suits me better.}',
  )
  const price =
    kind === 'internet installation'
      ? "It's free, it comes with the contract."
      : s.pick(
          `It's ${s.money(s.pick(79, 89, 99))}, parts not included.`,
          "It's covered by your Home Care plan, so there's nothing to pay.",
        )
  s.us(
    '0',
    `{Booked|Done}: ${one ? `${s.fullDay(first)}, ${early}` : `${s.fullDay(second)}, ${late}`}. ${price}`,
  )
  if (s.chance(0.6)) asksAboutVisit(s)
  s.close('good')
}

function asksAboutVisit(s: Scene): void {
  s.them(
    '0',
    "{How long does it take?|Do I need to prepare anything?|Is there parking needed? It's tight here.}",
  )
  const asked = s.last
  s.us(
    '0',
    asked.startsWith('How')
      ? '{About an hour.|An hour, an hour and a half at most.}'
      : asked.startsWith('Do')
        ? 'Just {make sure they can get to it|clear the space in front of it}.'
        : "{I'll put it in the notes.|The van is small, they'll manage. I'll make a note.}",
  )
}

function applianceFault(s: Scene): void {
  const [item, fault, tip] = s.pick(
    ['washing machine', 'shows error E18 and the water stays in', 'the little filter at the bottom right'],
    ['dishwasher', "won't drain, it says E4", 'the filter under the lower basket'],
    ['dryer', 'runs but everything stays damp', 'the lint filter and the grille behind it'],
    ['fridge', 'is warm at the top and there is ice at the back', 'the drain hole at the back'],
  ) as [string, string, string]
  const on = s.workday(2, 4)
  s.open({
    mood: '-',
    says: [
      `My ${item} ${fault}. {I bought it from you last year.|It's only eight months old.}`,
      `I need a repair. The ${item} ${fault}.`,
      `The ${item} I got from you ${fault}. {I have four kids, so I need it.|}`,
    ],
    ack: [
      "{I'm sorry.|Oh dear.} Let's see if we can fix it without a visit.",
      "{Sorry about that.|That's no fun.} There's one thing {worth trying|we can try} first.",
    ],
  })
  s.verify()
  s.us('0', `Could you {check|clean} ${tip}? {It's often that.|Nine times out of ten it's that.}`)
  if (s.chance(0.45)) {
    s.them('0', "{Hang on, I'll look.|Let me get a towel.}")
    s.wait(60, 150)
    s.them(
      '+',
      "{Ugh. OK, that was disgusting.|You won't believe it, there was a sock in there.|It was completely blocked.} {It's running again now!|And it works!}",
    )
    s.us(
      '+',
      "{Wonderful.|Great.} {If you do that every couple of months, it won't come back.|That saves you a visit.}",
    )
    s.close('good')
    return
  }
  s.them('0', "{I've done that already.|I did that yesterday.} {It didn't change anything.|Still the same.}")
  s.us(
    '0',
    `{Thanks for trying.|OK.} Then a technician should look at it. {It's still under warranty, so it's free.|The warranty covers it.} I have ${s.fullDay(on)}, ${timeWindow(s)}.`,
  )
  s.them('0', "{I'll be home.|That's fine.|OK. It's the third floor, no elevator.}")
  s.us(
    '0',
    `{Good, that's booked.|Booked.} ${technician(s)} {will call|calls you} half an hour before. Reference ${caseNumber(s)}.`,
  )
  s.close('fine')
}

export const bookings: readonly Scenario[] = [
  inbound('change booking', 'bookings', 8, changeBooking, {
    bot: {
      intent: 'reschedule_visit',
      gist: 'moving an appointment',
      asks: ['I need to change my appointment', 'Can I move my booking?', 'Reschedule the technician'],
    },
  }),
  inbound('technician no-show', 'bookings', 4, noShow, {
    bot: {
      intent: 'missed_visit',
      gist: 'a visit that did not happen',
      asks: ['The technician never came', 'Nobody showed up for my appointment'],
    },
  }),
  inbound('new visit', 'bookings', 5, newVisit, {
    bot: {
      intent: 'book_visit',
      gist: 'booking a visit',
      asks: ['I want to book a technician', 'Book an appointment', 'I need someone to come'],
    },
  }),
  inbound('appliance fault', 'bookings', 4, applianceFault),
]

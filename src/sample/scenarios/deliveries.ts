import { an, orderNumber, product, timeWindow, twoWindows } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { capital } from '../wording.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

/** The agent asks for the order number and gets it. */
export function askOrder(s: Scene, order: string): void {
  s.us(
    '0',
    '{Do you have the order number there|Could I have the order number}{, please|}?',
    "What's the order number? {It's in the confirmation e-mail.|}",
    'Can you give me the order number?',
  )
  if (s.voice && s.chance(0.3))
    s.them('0', `{Hold on, let me open the e-mail|One second, I'm looking}... {it's|OK, it's} ${order}.`)
  else s.them('0', `{Yes, it's|It's|That's} ${order}.`, `${order}`, `Order ${order}.`)
}

function lateDelivery(s: Scene): void {
  const item = product(s).name
  const due = s.back(1, 6)
  const cross = s.chance(0.4)
  s.open({
    mood: cross ? '-' : '0',
    says: cross
      ? [
          `I'm still waiting for my ${item}. It was {supposed to come|meant to be here} ${s.on(due)} and {nobody has told me anything|I haven't heard a word since}.`,
          `I took a {whole day|day} off work {for a delivery|to be home for a delivery} ${s.on(due)} and nobody showed up. No call, no message, nothing.`,
          `Your driver was {due|supposed to come} ${s.on(due)} with my ${item}. {Nothing came.|Nobody came.} And the tracking page {is useless|just says "in transit"}.`,
        ]
      : [
          `I ordered ${an(item)} and it was due ${s.on(due)}, but it {hasn't arrived|still isn't here}. {Could you check where it is?|Can you see what's going on?}`,
          `I'm just checking on a delivery. My ${item} should have come ${s.on(due)}{ and I haven't heard anything|}.`,
          `The tracking for my ${item} hasn't {moved|changed} since ${s.day(due)}. {Is it lost?|Do you know where it is?}`,
        ],
    ack: cross
      ? [
          "{I'm really sorry about that|I'm so sorry}. That's {not good enough|not how it should go}, let me find out {what happened|where it is}.",
          "{I understand, that's frustrating|I'd be annoyed too}. {Let me see where it is right now.|I'll get to the bottom of it.}",
        ]
      : [
          "I'm sorry it's late. Let's find out where it is.",
          '{Of course|Sure}, I can {check|trace} that for you.',
          'Sorry to hear that. {Let me track it down.|Let me see where it is.}',
        ],
  })
  const order = orderNumber(s)
  askOrder(s, order)
  s.verify()
  s.hold()
  const depot = s.pick('Northfield', 'Easton', 'Hadley', 'Westport', 'Kingsbury')
  const ending = s.random.weighted([onTheTruck, stuckAtDepot, lost], (it) => (it === lost ? 1 : 2))
  ending(s, item, depot, cross)
}

function onTheTruck(s: Scene, _item: string, depot: string, cross: boolean): void {
  const hours = timeWindow(s)
  const next = s.ahead(1, 2)
  s.us(
    '+',
    `{Good news|OK, I can see it now}. It missed {its truck|the connection} at our ${depot} depot, {but it's loaded for|and it's on the list for} ${s.day(next)}. The driver will be with you ${hours}.`,
  )
  if (cross) {
    s.them(
      '-',
      "{And how do I know it will really come this time?|That's what the last message said, too.}",
      `{I can't take another day off|I can't keep waiting at home all day}. {Is that certain?|How sure is that?}`,
    )
    s.us(
      '0',
      `{That's fair|I understand}. I've marked it as priority, and you'll get a text when the driver is {one stop|two stops} away, {so you don't need to sit and wait|with a link to the map}.`,
    )
    s.them(
      '0',
      "{OK|All right}. {That helps.|I'll be here.}",
      "Fine. {As long as it's there by then.|I'll take your word for it.}",
    )
  } else {
    s.them(
      '+',
      `{Oh good|Great}, ${hours} works{ for me|}.`,
      "Oh, that's a relief. {Will I get a message before?|Do I need to sign for it?}",
    )
    s.us(
      '0',
      `{You'll get a text when the driver is on the way|The driver texts you half an hour ahead}, and {somebody needs to sign for it|it needs a signature}.`,
    )
    if (s.chance(0.5)) {
      s.them('0', "Can my neighbor sign {if I'm out|for it}?")
      s.us(
        '0',
        "{Of course.|Yes, that's no problem.} {What's the neighbor's name?|Who should the driver ask for?}",
      )
      s.them(
        '0',
        `${s.pick('Mrs. Hale', 'Mr. Osei', 'Jackie', 'Mrs. Tran', 'Ed')}, ${s.pick('next door', 'across the street', 'upstairs', 'the apartment below')}.`,
      )
      s.us('0', "{Got it, it's on the driver's note.|That's on the delivery note now.}")
    }
  }
  s.close(cross ? 'fine' : 'good')
}

function stuckAtDepot(s: Scene, item: string, depot: string, cross: boolean): void {
  const reason = s.pick(
    'the label was torn off',
    'the street number is missing on the label',
    'the box was damaged and had to be repacked',
    'it was sorted onto the wrong route',
  )
  const [early, late] = twoWindows(s)
  const first = s.ahead(1, 2)
  const second = s.ahead(first + 1, first + 3)
  s.us(
    '~',
    `{OK, I see it.|I've found it.} The ${item} is in our ${depot} depot. It looks like ${reason}, {so it never went out|and then it sat there}. {I'm sorry, somebody should have called you.|You should have been told.}`,
  )
  s.them(
    cross ? '-' : '0',
    cross
      ? `{So it would have stayed there forever if I hadn't ${s.voice ? 'called' : 'asked'}?|And nobody thought to tell me?}`
      : '{Oh. So when can I have it?|I see. Can you send it out again?}',
  )
  s.us(
    '0',
    `{I can have it with you|I can put it on a truck} ${s.on(first)} ${early}, or ${s.on(second)} ${late}. Which {suits you better|would you prefer}?`,
  )
  const pickFirst = s.chance(0.6)
  s.them(
    '0',
    pickFirst
      ? `${capital(s.on(first))}, please. {The sooner the better.|}`
      : `${capital(s.day(second))} is better, {I'm at work before that|I'm away until then}.`,
  )
  s.us(
    '0',
    `{That's booked|Done}: ${pickFirst ? `${s.fullDay(first)}, ${early}` : `${s.fullDay(second)}, ${late}`}. {You'll get a text in the morning.|The driver will text you when he's on the way.}`,
  )
  if (s.chance(cross ? 0.8 : 0.3)) {
    const credit = s.pick(10, 15, 20, 25)
    s.us(
      '+',
      `And {because of the trouble|for the wait}, I've {taken ${s.money(credit)} off the order|put ${s.money(credit)} back on your card}.`,
    )
    s.them(
      cross ? '~' : '+',
      "{OK, I appreciate that|Thank you, that's decent of you}.",
      "{Well, thank you|That's kind}. {I didn't expect that.|}",
    )
    s.close(cross ? 'fine' : 'good')
  } else s.close(cross ? 'bad' : 'fine')
}

function lost(s: Scene, item: string, depot: string, cross: boolean): void {
  s.us(
    '~',
    `I have to be honest with you: it was scanned at ${depot} and not once after that. {The carrier has marked it as lost.|I think we have to treat it as lost.}`,
  )
  s.them(
    '-',
    cross
      ? '{You have got to be kidding me.|Unbelievable.} {How do you lose ' +
          an(item) +
          '?|I paid for that three weeks ago.}'
      : '{Oh no.|Oh dear.} {So what happens now?|What do we do?}',
  )
  const arrives = s.ahead(3, 6)
  s.us(
    '0',
    `I can {send a new one today|send you another one}, it would arrive ${s.on(arrives)}, or I can refund you in full. {Whichever you like.|It's up to you.}`,
  )
  if (s.chance(0.6)) {
    s.them(
      '0',
      '{I still need it, so send|Send} a new one, please.',
      '{A new one, then.|The replacement, please.} {But is it in stock?|}',
    )
    s.us(
      '0',
      `{It's reserved for you|It's in stock and I've reserved it}. Your new order number is ${orderNumber(s)}, delivery ${s.on(arrives)}, and there's no charge{ for delivery|}.`,
    )
    s.close(cross ? 'fine' : 'good')
  } else {
    s.them(
      cross ? '-' : '0',
      "{I'd rather have my money back.|Just the refund, please.} {I found it elsewhere.|I've waited long enough.}",
    )
    s.us(
      '0',
      "I understand. {The refund is on its way|I've refunded the full amount} to the card you paid with. {It takes three to five working days.|You should see it within five days.}",
    )
    s.close(cross ? 'bad' : 'fine')
  }
}

function missed(s: Scene): void {
  const item = product(s).name
  const was = s.back(1, 2)
  const [early, late] = twoWindows(s)
  s.open({
    mood: '0',
    says: [
      `I found a card in my mailbox. {It says|You} tried to deliver my ${item} ${s.on(was)}{, but I was home all day|}.`,
      `I missed {a delivery|your driver} ${s.on(was)}. {How do I get my ${item} now?|Can you bring the ${item} again?}`,
      `Your driver {says|wrote} he rang {the bell|twice} ${s.on(was)}, but {nobody rang|the bell doesn't work}. Can I set a new time for the ${item}?`,
    ],
    ack: [
      '{No problem|Sure}, we can bring it again.',
      "{That's easy to fix|We can sort that out}. Let's find a new time.",
      "{Sorry you missed each other.|Sorry about that.} Let's get it to you.",
    ],
  })
  if (s.chance(0.7)) askOrder(s, orderNumber(s))
  s.verify()
  const next = s.ahead(1, 3)
  s.us(
    '0',
    `{I can offer you|I have} ${s.day(next)} ${early} or ${late}. Or you can {pick it up|collect it} at our ${s.customer.city} store {until eight|any time}.`,
  )
  if (s.chance(0.3)) {
    s.them('0', `{The store is fine|I'll pick it up}, {that's on my way|I pass it anyway}.`)
    s.us(
      '0',
      "OK. {It will be there from tomorrow at ten|You get a text as soon as it's there}. {Bring some ID|Please bring your ID and the order number}.",
    )
  } else {
    const choice = s.pick(early, late)
    s.them(
      '0',
      `${capital(choice)}, please. {And tell him to knock, the bell is broken.|And could he call before?|}`,
    )
    s.us('0', `{Noted|It's in the notes}. So that's ${s.fullDay(next)}, ${choice}.`)
  }
  s.close(s.chance(0.6) ? 'good' : 'fine')
}

export const deliveries: readonly Scenario[] = [
  inbound('late delivery', 'deliveries', 10, lateDelivery, {
    bot: {
      intent: 'track_order',
      gist: 'a late delivery',
      asks: [
        'Where is my order?',
        'My delivery is late',
        "My {package|order} hasn't {arrived|come}",
        'I want to know when my delivery comes',
      ],
    },
  }),
  inbound('missed delivery', 'deliveries', 5, missed, {
    bot: {
      intent: 'reschedule_delivery',
      gist: 'a delivery you missed',
      asks: ['I missed my delivery', 'Can you deliver again?', 'New delivery time please'],
    },
  }),
]

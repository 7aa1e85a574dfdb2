import { caseNumber, largeProduct, orderNumber, product, timeWindow, twoWindows } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { askOrder } from './deliveries.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

function damaged(s: Scene): void {
  const item = product(s)
  const came = s.back(1, 3)
  const what = s.pick(...item.damage)
  s.open({
    mood: '-',
    says: [
      `My new ${item.name} {came|was delivered} ${s.on(came)} and it has ${what}.`,
      `I just unpacked the ${item.name} you delivered ${s.on(came)}. {There's|It has} ${what}. {I'm pretty disappointed.|It can't have left the store like that.}`,
      `I want to report a damaged ${item.name}. It arrived ${s.on(came)} with ${what}.`,
    ],
    ack: [
      `{Oh no, I'm sorry|I'm sorry to hear that}. {We'll put that right.|Nobody wants to unpack that.}`,
      `That's {a shame|not what you paid for}, I'm sorry. Let's sort it out.`,
    ],
  })
  if (!s.voice) {
    s.us(
      '0',
      '{Could you send me a photo of it?|Would you mind sending a picture?} {One of the damage and one of the label on the box.|}',
    )
    s.wait(20, 60)
    s.them('0', "[photo] {There you go|That's it|See?}", '[photo] [photo]')
  } else if (s.chance(0.5)) {
    s.us(
      '0',
      `Was the box damaged{ as well| too}, {or did it look fine from the outside|or just the ${item.name}}?`,
    )
    s.them(
      '0',
      '{The box looked fine.|One corner was crushed, now that I look at it.|The box had a hole in it, but the driver was already gone.}',
    )
  }
  askOrder(s, orderNumber(s))
  s.verify()
  if (!item.large || s.chance(0.35)) keepIt(s, item.name, item.price)
  else swap(s, item.name)
}

function keepIt(s: Scene, item: string, price: number): void {
  const off = Math.round(price * s.pick(0.15, 0.2, 0.25))
  s.us(
    '0',
    `{I can do two things.|You have a choice.} {I send|I can send} you a new ${item} and {you give the old one to the driver|the driver takes that one back}, or you keep it and I {give you ${s.money(off)} back|take ${s.money(off)} off}.`,
  )
  if (s.chance(0.45)) {
    s.them(
      '0',
      `{Hm. If it works, I don't mind|It does work, so}... {I'll keep it|let's do the ${s.money(off)}}.`,
      `{I'll take the money, then.|${s.money(off)} is fair.} {Nobody sees it where it stands.|}`,
    )
    s.us('+', `{OK, that's done.|Done.} ${s.money(off)} goes back to your card {today|within three days}.`)
  } else {
    const on = s.ahead(2, 5)
    s.them(
      '0',
      "{No, I want one that isn't broken|I'd like a new one, please}.",
      'A new one. {It was a present.|I paid full price for it.}',
    )
    s.us(
      '0',
      `{Of course|That's fine}. It will be with you ${s.on(on)} ${timeWindow(s)}. {Just have the old one in its box|Please put the old one back in the box} if you can.`,
    )
    s.them('0', "{I can do that.|OK.} {And I don't pay anything?|No charge, right?}")
    s.us('+', "{No, nothing at all.|Not a cent.} It's on us.")
  }
  s.close('good')
}

function swap(s: Scene, item: string): void {
  const on = s.ahead(2, 6)
  const [early, late] = twoWindows(s)
  s.us(
    '0',
    `{We'll bring|I'll have the crew bring} a new ${item} and take {the damaged one|that one} away {in one visit|at the same time}. {The first slot I have is|I could do} ${s.fullDay(on)}, ${early}{ or ${late}|}.`,
  )
  if (s.chance(0.4)) {
    const other = s.ahead(on + 1, on + 4)
    s.them(
      '~',
      `{That's too long|That day is no good}, {I'm working|I have to work}. {Anything else?|What else have you got?}`,
    )
    s.us('0', `{Let me see...|Then the next one is} ${s.fullDay(other)}, ${late}.`)
    s.them('0', "{OK, that works.|All right, I'll take it.}")
    s.us(
      '0',
      `{Booked.|You're in.} Reference ${caseNumber(s)}. {The crew will call half an hour ahead.|Both of them carry it up, so you don't need to lift a thing.}`,
    )
  } else {
    s.them(
      '0',
      "{That's fine.|Yes, that works.} {Will they carry it up? I'm on the third floor.|Do I have to take the doors off or anything?|}",
    )
    s.us(
      '0',
      `{They do everything|The crew does all of that}, {carry it in, connect it and take the old one|including the packaging}. Your reference is ${caseNumber(s)}.`,
    )
  }
  s.close(s.chance(0.3) ? 'fine' : 'good')
}

function oldOneLeft(s: Scene): void {
  const item = largeProduct(s).name
  const came = s.back(1, 4)
  s.open({
    mood: '~',
    says: [
      `You delivered a new ${item} ${s.on(came)}, which is great, but {the crew didn't take the old one|the old one is still in my hallway}. I paid for {removal|that}.`,
      `My old ${item} was supposed to be taken away ${s.on(came)}. {The guys said it wasn't on their list.|They just left.}`,
    ],
    ack: [
      "Oh, I'm sorry. {That should have been on their list.|Let me look at the order.}",
      '{I see, let me check what was booked.|Sorry about that, let me check.}',
    ],
  })
  askOrder(s, orderNumber(s))
  s.verify()
  s.hold()
  const on = s.ahead(1, 4)
  s.us(
    '0',
    `You're right, {removal is on your order|you did pay for removal} and it didn't {make it onto the driver's sheet|reach the crew}. {I can send somebody|A truck can come by} ${s.on(on)} ${timeWindow(s)}.`,
  )
  s.them('0', "{OK, that works.|Fine.} {It's in the hallway, ground floor.|Do I have to be there?}")
  s.us(
    '0',
    "{Somebody needs to open the door, that's all.|If you can leave it by the door, you don't even need to be there.} And I've refunded the removal fee.",
  )
  s.them('+', "{Oh, thank you.|That's good of you.}", 'Perfect.')
  s.close('good')
}

export const goods: readonly Scenario[] = [
  inbound('damaged item', 'deliveries', 5, damaged, {
    bot: {
      intent: 'damaged_item',
      gist: 'a damaged item',
      asks: [
        'My order arrived broken',
        'The {thing|item} I got is damaged',
        'I need to return something that is broken',
      ],
    },
  }),
  inbound('old appliance left', 'deliveries', 2, oldOneLeft),
]

import { largeProduct, technician, timeWindow, twoWindows, visitKind } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { capital } from '../wording.ts'
import { bye, reach } from './calling.ts'
import type { Scenario } from './scenario.ts'
import { outbound } from './scenario.ts'

function reminderCall(s: Scene): void {
  const kind = visitKind(s)
  const on = s.workday(1, 2)
  const at = timeWindow(s)
  reach(s)
  s.us(
    '0',
    `{I'm just calling to remind you of|It's about} your ${kind} ${s.on(on)}, ${at}. {Does that still work for you?|Will somebody be home?}`,
  )
  if (s.chance(0.6)) {
    s.them(
      '0',
      "{Yes, I'll be here.|Oh, good that you call, I'd forgotten.|Yes, my husband is home.} {Do I need to do anything?|How long will it take?|}",
    )
    const asked = s.last.endsWith('?')
    s.us(
      '0',
      asked
        ? '{An hour or so. Just make sure they can get to it.|Only keep the space around it clear. It takes about an hour.}'
        : `{Good.|Lovely.} ${technician(s)} will {call|ring you} half an hour before.`,
    )
    s.them('0', '{OK, perfect.|All right.|Good, thanks.}')
  } else {
    const [early, late] = twoWindows(s)
    const other = s.workday(on + 1, on + 4)
    s.them(
      '~',
      `{Oh no, I completely forgot.|Ah, that's bad, I'm away.} {Can we do another day?|Can I move it?}`,
    )
    s.us('0', `{No problem.|Of course.} {What about|I could do} ${s.fullDay(other)}, ${early} or ${late}?`)
    s.them('0', `${s.pick(early, late)}, please.`.replace(/^b/, 'B'))
    s.us('0', "{OK, I've moved it.|That's changed.} You'll get a text to confirm.")
  }
  bye(s)
}

function reminderText(s: Scene): void {
  const kind = visitKind(s)
  const on = s.workday(1, 2)
  const at = timeWindow(s)
  s.us(
    '0',
    `{Hi|Hello} ${s.name}, this is Fernhallow. {A reminder of|Just to remind you of} your ${kind} ${s.on(on)}, ${at}. Reply YES to confirm or CHANGE for {another day|a new time}.`,
  )
  s.wait(60, 1500)
  if (s.chance(0.6)) {
    s.them('0', '{YES|Yes|yes|Yes, see you then|YES thank you}')
    s.us('+', `Thank you, ${s.name}. {${technician(s)} will call half an hour before.|See you ${s.on(on)}!}`)
    if (s.chance(0.4)) {
      s.them(
        '0',
        '{Please park on the left, the right is taken|The bell is broken, please call|Is it one person or two?|Can he bring a new filter?}',
      )
      const asked = s.last
      s.us(
        '0',
        asked.includes('one person')
          ? 'Just one person.'
          : "{Got it, I've passed it on.|Thanks, it's in the notes.}",
      )
    }
  } else {
    const other = s.workday(on + 1, on + 4)
    const [early, late] = twoWindows(s)
    s.them('0', '{CHANGE|Change please|CHANGE, I have to work}')
    s.us('0', `{No problem|OK}, ${s.agent.first} here. I can offer ${s.day(other)} ${early} or ${late}.`)
    s.them('0', `${s.pick(early, late).replace('between ', '').replace(' and ', ' to ')} please`)
    s.us('+', `{Done|All set}: ${s.fullDay(other)}. {See you then!|You'll get a new reminder.}`)
    if (s.chance(0.5)) s.them('+', '{Thanks!|Great, thank you|👍}')
  }
}

function slotInWriting(s: Scene, item: string, first: number, early: string, late: string): void {
  s.us(
    '0',
    `Hi ${s.name}, {your ${item} has arrived at our depot|good news: your ${item} is here}. Shall we bring it ${s.on(first)}, ${early} or ${late}? ${s.agent.first}, Fernhallow deliveries`,
    `Hello ${s.name}, ${s.agent.first} from Fernhallow here. Your ${item} is ready for delivery. Would ${s.day(first)} suit you, ${early} or ${late}?`,
  )
  s.wait(60, 900)
  let on = first
  if (s.chance(0.3)) {
    on = s.ahead(first + 1, first + 3)
    s.them(
      '0',
      `{I'm away then|Not that day, I'm working|That day is bad}, ${s.pick('sorry', 'any other day?', 'what else do you have?')}`,
    )
    s.us('0', `{No problem.|That's fine.} {Then what about|How about} ${s.day(on)}, same times?`)
  }
  s.them('+', `{Great, |Perfect, |Oh nice, |}${s.pick(early, late)}{ please|}{!|}`)
  const lift = s.chance(0.5)
  s.us(
    '0',
    `{Done|Booked|All set}, ${s.fullDay(on)}. ${lift ? 'Is there an elevator?' : 'Which floor is it?'}`,
  )
  s.them(
    '0',
    lift
      ? "{Yes there is one|Yes, a small one|No, sorry|No, but it's the ground floor}"
      : '{Ground floor|Third floor, no elevator, sorry|2nd floor, wide stairs|First floor, but there are steps outside}',
  )
  if (s.chance(0.4)) {
    s.us(
      '0',
      `{Thanks.|OK, noted.} {Do you want the old one taken away?|Should the crew take an old one with them?}`,
    )
    s.them('0', "{Yes please|No thanks, I'm keeping it|No, there isn't one|If that's free, yes}")
    if (s.last.startsWith('If')) s.us('0', "It's included.")
  }
  s.us(
    '+',
    "{Thanks, the crew knows.|Good to know, thank you!|Perfect, that helps.} {See you then.|They'll text you on the way.|}",
  )
}

function deliverySlot(s: Scene): void {
  const item = largeProduct(s).name
  const first = s.ahead(2, 4)
  const [early, late] = twoWindows(s)
  if (!s.voice) {
    slotInWriting(s, item, first, early, late)
    return
  }
  reach(s)
  s.us(
    '+',
    `{Good news: your|I'm calling because your} ${item} {has arrived|is at our depot}. {I'd like to find a day to bring it.|When could we bring it?} ${capital(s.on(first))}, ${early}?`,
  )
  if (s.chance(0.5)) s.them('+', "{That works.|Yes, that's good.} {I've been looking forward to it.|}")
  else {
    s.them('0', "{I work in the mornings.|That's too early for me.} {Anything later?|Can it be later?}")
    s.us('0', `${capital(late)} {would be fine too|on the same day}?`)
    s.them('0', '{Yes, that works.|Better, yes.}')
  }
  s.us('0', `{And which floor is it?|Is there an elevator?}`)
  s.them('0', "{Second floor, and there's an elevator.|Ground floor.|Fourth floor, no elevator, I'm afraid.}")
  s.us(
    '0',
    `{That's fine, there are two of them.|Thanks, I've noted it.} And {shall they take the old one away|do you want the old one taken away}?`,
  )
  s.them('0', '{Yes, please.|No, my cousin wants it.|No, there is no old one.}')
  bye(s)
}

export const appointmentCalls: readonly Scenario[] = [
  outbound('reminder call', 'bookings', 3, ['voice'], reminderCall),
  outbound('reminder text', 'bookings', 4, ['sms', 'sms', 'digital'], reminderText),
  outbound('delivery slot', 'deliveries', 4, ['voice', 'sms', 'digital'], deliverySlot),
]

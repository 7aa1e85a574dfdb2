import {
  an,
  caseNumber,
  orderNumber,
  product,
  storeHours,
  technician,
  timeWindow,
  twoWindows,
  visitKind,
} from '../facts.ts'
import type { Scene } from '../scene.ts'
import type { Medium } from '../types.ts'
import { botGreets, misunderstanding } from './handover.ts'

/** A conversation that a virtual agent holds from beginning to end. */
export interface VirtualScenario {
  readonly name: string
  readonly weight: number
  readonly media: readonly Medium[]
  readonly direction: 'IN' | 'OUT'
  play(scene: Scene): void
}

function wrapUp(s: Scene): void {
  if (s.chance(0.25)) return
  s.botSays(
    '{Is there anything else?|Anything else I can do for you?}',
    'Did that {answer your question|help}?',
  )
  const helped = s.last.startsWith('Did')
  if (helped) s.tellsBot('confirm', '{Yes|Yes, thanks|Yep}', 'Yes, thank you')
  else s.tellsBot('end_conversation', '{No|No, thanks|Nope}', "No, that's all", 'No thank you')
  s.botSays('{Glad I could help.|Great!|Thank you.|Perfect.} {Goodbye!|Have a nice day!|Bye!}')
}

function trackOrder(s: Scene): void {
  const item = product(s).name
  const order = orderNumber(s)
  botGreets(s)
  if (s.chance(0.2)) misunderstanding(s)
  s.tellsBot(
    'track_order',
    'Where is my order?',
    '{Track my order|Track order}',
    'When does my package come',
    `When will my ${item} arrive?`,
  )
  s.botSays("{Sure!|Happy to check.} {What's your order number?|Please give me the order number.}")
  if (s.chance(0.25)) {
    s.baffles("{I don't have it here|No idea|where do I find that}", 'The one from last week')
    s.botSays("It's the six-digit number in your confirmation e-mail. {You can also give me your ZIP code.|}")
  }
  s.tellsBot('give_order_number', order, `It's ${order}`)
  s.botSays(
    `Your ${item} (order ${order}) {is on its way|left our depot ${s.on(s.back(1, 1))}}. {Delivery is planned|It should be with you} ${s.on(s.ahead(1, 3))}, ${timeWindow(s)}.`,
  )
  wrapUp(s)
}

function openingHours(s: Scene): void {
  botGreets(s)
  s.tellsBot(
    'opening_hours',
    `When is the ${s.customer.city} store open?`,
    `Opening hours ${s.customer.city}`,
    'Are you open on Saturday',
    `What time do you close in ${s.customer.city}?`,
  )
  s.botSays(
    `Our store in ${s.customer.city} is open Monday to Saturday from ${storeHours(s)}. {It's closed on Sundays.|}`,
  )
  const order = orderNumber(s)
  s.tellsBot(
    'store_services',
    `Can I {return|bring back} order ${order} there?`,
    `Can I pick up order ${order} there?`,
    `Is ${order} ready for pickup?`,
    '{Do you have parking?|Where can I park?}',
  )
  if (s.last.includes('park'))
    s.botSays(`Behind the store. I've texted a map to the number ending in ${s.customer.phone.slice(-4)}.`)
  else s.botSays('Yes. {Please bring your ID and the order number.|Just ask at the counter.}')
  wrapUp(s)
}

function resetPassword(s: Scene): void {
  botGreets(s)
  s.tellsBot(
    'password_reset',
    'I forgot my password',
    "I can't {log in|get into my account}",
    'reset password',
  )
  s.botSays(
    "{No problem.|I can help with that.} {What's the e-mail address on your account?|Which e-mail address do you use to log in?}",
  )
  s.tellsBot('give_email', s.customer.email)
  s.botSays(
    `{Thanks!|Thank you.} I've sent a link to ${s.customer.email}. {It works for 15 minutes.|Please check your spam folder, too.}`,
  )
  if (s.chance(0.3)) {
    s.tellsBot('mail_not_received', "{It's not there|Nothing came|I didn't get it}")
    s.botSays(`I've sent it again, and also by text to the number ending in ${s.customer.phone.slice(-4)}.`)
    s.tellsBot('confirm', '{Got it|OK now I have it|That worked}')
  }
  wrapUp(s)
}

function balance(s: Scene): void {
  const amount = s.money(s.customer.price + s.pick(0, 0, 4.5, 9.9))
  botGreets(s)
  if (s.chance(0.15)) misunderstanding(s)
  s.tellsBot(
    'account_balance',
    'How much is my bill',
    'What do I owe you?',
    "{When is|What's} my next payment",
  )
  s.botSays('Please {say|tell me} your account number.', 'To look that up I need your account number.')
  s.tellsBot('give_account_number', s.customer.account)
  s.botSays(
    `Thanks, ${s.name}. Your ${s.month(0)} bill is ${amount}, due ${s.on(s.ahead(3, 12))}. {It will be taken from your card.|Would you like to pay it now?}`,
  )
  if (s.last.endsWith('?')) {
    const pays = s.chance(0.5)
    s.tellsBot(pays ? 'pay_now' : 'deny', pays ? '{Yes|Yes, please|OK}' : '{No|Later|Not now}')
    s.botSays(
      pays
        ? `I've texted a secure payment link to the number ending in ${s.customer.phone.slice(-4)}.`
        : "{That's fine.|No problem.} {It will be taken on the due date.|}",
    )
  }
  wrapUp(s)
}

function reschedule(s: Scene): void {
  const kind = visitKind(s)
  const [early, late] = twoWindows(s)
  const was = s.workday(1, 2)
  const day = s.workday(was + 1, was + 4)
  botGreets(s)
  s.tellsBot(
    'reschedule_visit',
    'I need to move my appointment',
    `Change my ${kind}`,
    `Can the technician come another day?`,
  )
  s.botSays(
    `You have ${an(kind)} booked ${s.on(was)}. {Which day would be better?|When would you like it instead?}`,
  )
  if (s.chance(0.3)) {
    s.baffles('{When my husband is home|Not when it rains|After the holidays maybe}')
    s.botSays(`Sorry, I did not get that. Please name a day, for example "${s.day(day)}".`)
  }
  s.tellsBot('give_date', `${s.day(day)}`, `{How about|Maybe} ${s.day(day)}?`)
  s.botSays(`On ${s.fullDay(day)} I have ${early} or ${late}.`)
  const first = s.chance(0.5)
  s.tellsBot(
    'choose_slot',
    first ? '{The first|Morning|The earlier one}' : '{The second one|Afternoon|The later one please}',
  )
  s.botSays(
    `Done! Your ${kind} is now on ${s.fullDay(day)}, ${first ? early : late}. Your reference is ${caseNumber(s)}.`,
  )
  wrapUp(s)
}

function outageCheck(s: Scene): void {
  botGreets(s)
  s.tellsBot(
    'outage_check',
    'Is there an outage?',
    'Internet is down',
    "The internet doesn't work",
    `No internet in ${s.customer.city}`,
  )
  s.botSays("Let me check your area. {What's your ZIP code?|Please tell me your ZIP code.}")
  s.tellsBot('give_zip', s.customer.zip)
  if (s.chance(0.5)) {
    s.botSays(
      `There is an outage near ${s.customer.zip}. Our crew is working on it, and we expect it to be fixed {in two hours|in about three hours|before tomorrow morning}. {Would you like a text when it's back?|Shall I text you when it's over?}`,
    )
    s.tellsBot('confirm', '{Yes|Yes please|Sure}')
    s.botSays(`{You're on the list.|I'll text you at the number ending in ${s.customer.phone.slice(-4)}.}`)
  } else {
    s.botSays(
      'I see no outage there. Please unplug your router for 30 seconds and plug it back in. {Tell me when all the lights are on.|Let me know when it has started.}',
    )
    s.wait(100, 240)
    s.tellsBot('step_done', "{Done|OK it's on|They're green now}")
    s.botSays('{Great. Does it work now?|And are you online again?}')
    s.tellsBot('confirm', '{Yes!|Yes, thank you|Yes, works again}')
  }
  wrapUp(s)
}

/** Nobody is reached: the customer gives up after two misunderstandings. */
function givesUp(s: Scene): void {
  botGreets(s)
  misunderstanding(s)
  misunderstanding(s)
  if (s.chance(0.5)) {
    s.baffles('{Forget it|Never mind|This is useless}', '{Ugh.|Oh, come on.} {Bye|I give up}')
    s.botSays(
      `I'm sorry I couldn't help. {Our team is here from eight to eight|You can reach a person from 8 to 8} at 555-0100. Please mention ${caseNumber(s)}, then they know what you asked.`,
    )
  } else {
    s.tellsBot('request_agent', '{Agent|Person!|Operator}', 'I want to talk to a human')
    s.botSays(
      s.hour >= 8 && s.hour < 20
        ? `All our colleagues are busy right now. I've asked them to call you back {within the hour|soon}. Your reference is ${caseNumber(s)}.`
        : `Our team is here from eight to eight. {I've left them a note to call you first thing.|They'll call you back in the morning.} Your reference is ${caseNumber(s)}.`,
    )
  }
}

function confirmVisit(s: Scene): void {
  const kind = visitKind(s)
  const on = s.workday(1, 1)
  s.botSays(
    `Hi ${s.name}, Fern from Fernhallow here. Your ${kind} is ${s.on(on)}, ${timeWindow(s)}. Can you confirm? Reply YES or NO. Ref. ${caseNumber(s)}`,
    `Fernhallow: ${technician(s)} will come for your ${kind} ${s.on(on)}, ${timeWindow(s)}. Does that still suit you? YES or NO (ref. ${caseNumber(s)})`,
  )
  s.wait(40, 1200)
  if (s.chance(0.2)) {
    s.baffles('{Who is this|👍|ok but not before 9|dont know yet}')
    s.botSays('Sorry, I did not get that. Please reply YES or NO.')
  }
  const yes = s.chance(0.8)
  s.tellsBot(yes ? 'confirm' : 'deny', yes ? '{YES|Yes|yes}' : '{NO|No|No, I have to work}')
  s.botSays(
    yes
      ? `Thank you, ${s.name}. See you ${s.on(on)}!`
      : `OK, I've canceled it. To choose a new time, reply NEW or call 555-0100.`,
  )
}

function spanishOrder(s: Scene): void {
  const order = orderNumber(s)
  s.botSays(
    'Hola, soy Fern, la asistente virtual de Fernhallow. ¿En qué puedo ayudarte?',
    '¡Hola! Soy Fern. Cuéntame en pocas palabras qué necesitas.',
  )
  if (s.chance(0.25)) {
    s.baffles('{Lo de siempre|Es por lo del otro día|Hola, ¿hay alguien?}')
    s.botSays(
      'Perdona, no te he entendido. {¿Me lo puedes decir de otra forma?|¿Es por un pedido, una factura o una cita?}',
    )
  }
  s.tellsBot(
    'track_order',
    '¿Dónde está mi pedido?',
    'Quiero saber cuándo llega mi pedido',
    'Mi paquete no ha llegado',
  )
  s.botSays('Claro. ¿Cuál es el número de pedido?', 'Te ayudo con eso. Dime el número de pedido, por favor.')
  s.tellsBot('give_order_number', order, `Es el ${order}`)
  s.botSays(
    `El pedido ${order} {está en camino|ha salido hoy del almacén}. La entrega está prevista para ${s.day(s.ahead(1, 3)).replace(/^(?!mañana)/, 'el ')}, entre las {nueve y las doce|cuatro y las siete}.`,
  )
  s.tellsBot('thanks', '{Gracias|Vale, gracias|Muchas gracias}')
  s.botSays('{¡De nada!|¡A ti!} {Que tengas un buen día.|Hasta pronto.}')
}

const TYPED_OR_SPOKEN: readonly Medium[] = ['chat', 'chat', 'chat', 'voice', 'voice', 'sms', 'digital']

export const virtualScenarios: readonly VirtualScenario[] = [
  { name: 'track order', weight: 7, media: TYPED_OR_SPOKEN, direction: 'IN', play: trackOrder },
  { name: 'opening hours', weight: 4, media: TYPED_OR_SPOKEN, direction: 'IN', play: openingHours },
  {
    name: 'reset password',
    weight: 4,
    media: ['chat', 'chat', 'digital'],
    direction: 'IN',
    play: resetPassword,
  },
  { name: 'balance', weight: 4, media: TYPED_OR_SPOKEN, direction: 'IN', play: balance },
  { name: 'reschedule', weight: 4, media: TYPED_OR_SPOKEN, direction: 'IN', play: reschedule },
  { name: 'outage check', weight: 4, media: TYPED_OR_SPOKEN, direction: 'IN', play: outageCheck },
  { name: 'gives up', weight: 3, media: TYPED_OR_SPOKEN, direction: 'IN', play: givesUp },
  { name: 'confirm visit', weight: 4, media: ['sms'], direction: 'OUT', play: confirmVisit },
]

/** Where the customer writes in Spanish. */
export const virtualInSpanish: VirtualScenario = {
  name: 'track order in Spanish',
  weight: 1,
  media: ['chat', 'digital'],
  direction: 'IN',
  play: spanishOrder,
}

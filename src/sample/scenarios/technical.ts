import { caseNumber, technician, twoWindows } from '../facts.ts'
import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound, SPOKEN_OR_CHAT } from './scenario.ts'

const NO_INTERNET = {
  intent: 'internet_down',
  gist: 'your internet connection',
  asks: [
    'My internet is down',
    "The Wi-Fi doesn't work",
    'No internet since this morning',
    'My router is broken',
    'Internet not working',
  ],
}

function brokenRouter(s: Scene): void {
  const light = s.pick('red', 'orange', 'blinking orange')
  const since = s.pick('last night', 'this morning', s.day(s.back(2, 3)))
  const cross = s.chance(0.3)
  s.open({
    mood: '-',
    says: [
      `{My internet has been down|I've had no internet} since ${since}. {There's ${article(light)} light on the router.|The router has ${article(light)} light.}`,
      `My router {isn't working|has stopped working}. It's been showing ${article(light)} light since ${since}{, and I work from home|, and my kids are going crazy|}.`,
      `{I can't get online|Nothing in the house gets online}, {not with the laptop and not with the phone|no TV, no Wi-Fi, nothing}. It started ${since.includes('day') ? `on ${since}` : since}.`,
    ],
    ack: [
      "I'm sorry, that's no fun. {Let's see if we can get it back together.|Let's find out what's wrong.}",
      "{OK, let's|Right, let's} go through it step by step.",
      "{Sorry about that.|That's annoying, I know.} Let me check the line while we talk.",
    ],
  })
  s.verify()
  s.wait(6, 25)
  s.us(
    '0',
    `{I don't see an outage in|There's no outage in} ${s.customer.city}, so it's probably {something in your home|the router or the cable}. {Which lights are on?|Can you tell me which lights you see on the router?}`,
  )
  s.them(
    '0',
    `{Power is green and the one with the globe is ${light}.|The first one is green. The second one is ${light}.|Only one, and it's ${light}.}`,
  )
  s.us(
    '0',
    "OK. {Please unplug|Then please unplug} the power, {count to thirty|wait half a minute}, and plug it back in. {It takes about three minutes to start.|I'll wait.}",
  )
  if (cross) {
    s.them(
      '-',
      "{I've done that four times already.|I've restarted it ten times.} {It doesn't help.|Do you really think I haven't tried that?}",
    )
    s.us(
      '~',
      "{Fair enough, sorry.|I believe you.} Then {let's skip that|we'll skip it}. Is the gray cable from the wall {tight on both ends|clicked in on both sides}?",
    )
    s.them('0', "{Yes. I checked.|Yes, it's in.|It clicks, yes.}")
  } else {
    s.them('0', "{OK, doing it now.|Hang on, it's behind the TV.|Right, I'm crawling under the desk.}")
    s.wait(90, 200)
  }
  s.random.weighted([cableLoose, sendRouter, sendTechnician], (it) =>
    it === sendTechnician ? 1 : it === cableLoose && cross ? 0 : 2,
  )(s, light, cross)
}

function article(light: string): string {
  return `${light.startsWith('o') ? 'an' : 'a'} ${light}`
}

function cableLoose(s: Scene, light: string): void {
  s.them('0', `It's {back on|started again}. {Still ${light}, though.|The globe is still ${light}.}`)
  s.us(
    '0',
    '{Now follow the gray cable to the wall.|And the gray cable, from the router to the wall socket?} {Is it tight at both ends?|Can you push it in on both sides until it clicks?}',
  )
  s.wait(10, 40)
  s.them(
    '0',
    '{Oh. It was half out at the wall.|Hm, the one at the wall was loose.|It just clicked. I think the cat sleeps there.}',
  )
  s.us(
    '0',
    "{That could be it.|I think we have found it.} {Give it a minute.|Let's give it a minute or two.}",
  )
  s.wait(40, 100)
  s.them(
    '+',
    "{It's green!|Green. We're back.} {I feel a bit silly.|The kids are cheering.|That was all?}",
    `It's working! {I could have thought of that.|Thank you!}`,
  )
  s.us(
    '+',
    "{Don't worry, it happens every day.|It's the most common one, believe me.} {I can see you're online from here, too.|The line looks good from here.}",
  )
  s.close('good')
}

function sendRouter(s: Scene, light: string, cross: boolean): void {
  const on = s.ahead(1, 2)
  s.us(
    '0',
    "{Let me run a test on the router from here.|I'm sending it a reset from here.} {It may blink for a moment.|That takes about a minute.}",
  )
  s.wait(45, 90)
  s.them('0', `{Now all the lights are off.|It's blinking... and ${light} again.|No change here.}`)
  s.us(
    '0',
    `{The router doesn't answer.|The line is fine, it's the router that doesn't answer.} {It's from ${s.between(2016, 2020)}, so it has had a good life.|I think it has had it.} I'll send you a new one, {free of charge|at no cost}. It will be there ${s.on(on)}.`,
  )
  if (cross || s.chance(0.4)) {
    s.them(
      '-',
      `{And what do I do until then?|I have {meetings|work} all day tomorrow.} {I need the internet for work.|That's too long.}`,
    )
    s.us(
      '0',
      "{I've put 20 GB on your cell phone for free|I can add free data to your phone}, {you can use it as a hotspot|so you can use that as a hotspot in the meantime}. {Or you can pick up a router in the store today.|}",
    )
    s.them('~', "{OK, that gets me through.|All right, that helps.} {It's not ideal, but thanks.|}")
  } else s.them('+', "{Oh, that's quick.|Great.} {Is it hard to set up?|Do I need a technician for that?}")
  s.us(
    '0',
    "You {just|only} plug it in, {it sets itself up|the rest happens by itself}. {The Wi-Fi name and password stay the same.|There's a return label in the box for the old one.}",
  )
  s.close(cross ? 'fine' : 'good')
}

function sendTechnician(s: Scene, _light: string, cross: boolean): void {
  const first = s.workday(1, 2)
  const [early, late] = twoWindows(s)
  s.us(
    '0',
    "{The line test fails between the street and your home.|My test says there's a break in the line outside your home.} {That's nothing you can fix.|A technician needs to look at it.}",
  )
  s.them(
    cross ? '-' : '0',
    cross
      ? "{And when will that be? Next month?|So I'm without internet for how long?}"
      : '{OK. How soon can someone come?|I see. Do I need to be home?}',
  )
  s.us(
    '0',
    `{I have a visit|The next visit is} ${s.on(first)}, ${early} or ${late}. {Somebody over eighteen needs to be home.|It takes about an hour.}`,
  )
  const choice = s.pick(early, late)
  s.them('0', `{Let's take|I'll take|Then} ${choice}{, please|}.`)
  s.us(
    '0',
    `Done: ${s.fullDay(first)}, ${choice}, and ${technician(s)} will come. Your case is ${caseNumber(s)}. {You won't be charged for the days without service.|I've credited you for the days you're offline.}`,
  )
  s.close(cross ? 'bad' : 'fine')
}

function upsetByOutage(s: Scene): void {
  s.them(
    '-',
    `{And why does nobody tell us?|I have an online exam ${s.hour < 12 ? 'this afternoon' : 'tonight'}!|I work from home.} {This costs me money.|I can't just sit here and wait.}`,
  )
  s.us(
    '~',
    "{I'm sorry, I know that's hard.|I understand, and I'm sorry.} {I can put 10 GB of data on your phone right now, so you can use it as a hotspot.|The best I can do is free data on your phone until it's back.}",
  )
  s.them('0', "{OK, do that.|Fine, that's something.|Yes, please.}")
  s.us(
    '0',
    "{It's on there now.|Done.} {You'll get a text to confirm.|It's active.} And I've added your number to the list for updates.",
  )
}

function patient(s: Scene): void {
  s.them(
    '0',
    "{OK, so I just wait.|Good to know it's not my router.} {Can you let me know when it's fixed?|Do I need to do anything?}",
  )
  s.us(
    '0',
    s.last.includes('let me know')
      ? "{I've put you on the list, you get a text when it's back.|Of course, I've signed you up for a text.}"
      : "No, it comes back by itself. {I've signed you up for a text when it's fixed.|You can leave the router on.}",
  )
}

function outage(s: Scene): void {
  const cause = s.pick(
    'a digger cut a fiber cable',
    'a power failure in our exchange',
    'a burst pipe flooded one of our street cabinets',
    'a storm brought down a line',
  )
  const back = s.pick(
    s.hour < 15 ? 'by 6 this evening' : 'in about two hours',
    'by midnight',
    'in about three hours',
    'tomorrow before noon',
  )
  const cross = s.chance(0.45)
  const street = s.customer.street.replace(/^\d+ /, '')
  s.open({
    mood: cross ? '-' : '0',
    says: [
      `{Is there an outage|Are you having an outage} in ${s.customer.city}? {Nothing works here.|My whole street is offline.}`,
      `My internet and TV went {off|down} about {an hour|two hours|half an hour} ago. {The neighbors have the same.|Is it just me?}`,
      cross
        ? `{No internet again.|It's down again.} This is the {second|third} time this month. {What is going on?|What am I paying for?}`
        : "{I can't get online and the TV is off, too.|Nothing works, internet, TV, phone.} Is there something wrong in my area?",
    ],
    ack: [
      "{Let me check your area.|I'll look at your area right away.}",
      "{Let me see whether something is wrong near you.|I'll check the network first.}",
    ],
  })
  if (s.chance(0.6)) s.verify()
  else {
    s.us('0', "{What's your ZIP code?|Which street are you on?|Can you give me your ZIP code?}")
    s.them('0', s.last.includes('street') ? `${street}.` : `${s.customer.zip}.`)
  }
  s.wait(5, 25)
  s.us(
    '0',
    `{Yes, I see it.|You're right.} There's an outage around ${street}: ${cause}. {The crew is on site|They're working on it}, and it should be back ${back}.`,
  )
  if (cross) upsetByOutage(s)
  else patient(s)
  if (s.chance(0.4)) {
    s.them(cross ? '-' : '0', '{And do I get something back for this?|Will I get money back?}')
    s.us(
      '0',
      `{Yes. If it's longer than {four|six} hours, it's taken off your bill by itself.|I've credited one day, that's ${s.money(Math.round((s.customer.price / 30) * 100) / 100)}.}`,
    )
  }
  s.close(cross ? s.pick('bad', 'fine') : 'fine')
}

export const technical: readonly Scenario[] = [
  inbound('broken router', 'technical', 9, brokenRouter, { media: SPOKEN_OR_CHAT, bot: NO_INTERNET }),
  inbound('outage', 'technical', 6, outage, { bot: { ...NO_INTERNET, intent: 'outage_check' } }),
]

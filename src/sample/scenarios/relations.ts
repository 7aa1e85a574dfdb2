import { an, caseNumber, product, technician, visitKind } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { capital } from '../wording.ts'
import type { Scenario } from './scenario.ts'
import { ANY, inbound, SPOKEN_OR_CHAT } from './scenario.ts'

/** A complaint that starts with whoever answers and ends with a supervisor. */
function complaint(s: Scene): void {
  const kind = s.team === 'deliveries' ? 'delivery' : s.team === 'billing' ? 'bill' : 'line'
  const item = product(s).name
  const amount = s.money(s.pick(89.9, 119.8, 134.7, 159))
  s.open({
    mood: '-',
    says: grievance(s, kind, item, amount),
    ack: [
      "{I'm very sorry.|I'm really sorry about all of this.} {I can tell how annoyed you are.|That shouldn't take this long.} Let me read through it.",
      "{That sounds awful, I'm sorry.|I understand why you're upset.} {Let me see what has been done so far.|}",
    ],
  })
  if (s.chance(0.6)) s.verify()
  s.wait(10, 40)
  s.us(
    '0',
    `{I see|I have} the notes here. ${
      {
        delivery: `The ${item} is out of stock at our main depot, and {I can't see a new date|the next date is only an estimate}.`,
        line: "{The ticket is open with the network team|It's with the network team}, but there's no date on it yet.",
        bill: `The payment of ${amount} is in the system, but it's {linked to the wrong invoice|on another account}. I can {ask for it to be moved|request a correction}, that takes {ten|seven} days.`,
      }[kind]
    }`,
  )
  s.them(
    '-',
    "{That's what the last one told me.|I've heard that before.} {I'd like to speak to your supervisor.|Give me someone who can decide something.|I want your manager, please.}",
  )
  if (s.chance(0.5)) {
    s.us(
      '~',
      "{I'd like to try and solve it for you first.|Would you let me try first?} {I can send a message to the team.|I can mark it as urgent.}",
    )
    s.them(
      '-',
      '{No. No more messages.|It has been urgent for weeks.} {Supervisor, please.|I want to speak to someone in charge.}',
    )
  }
  s.us(
    '0',
    s.voice
      ? "{I understand.|Of course.} {Stay on the line, I'm putting you through.|I'll explain it so you don't have to tell it all again. One moment.}"
      : "{I understand.|Of course.} {I'm passing the chat on to my supervisor.|My supervisor is joining now and can read all of this.}",
  )
  s.them('0', "{Thank you.|Fine.|I'm waiting.}")
  supervisor(s, kind, item, amount)
}

type Grievance = 'delivery' | 'line' | 'bill'

function grievance(s: Scene, kind: Grievance, item: string, amount: string): readonly string[] {
  const calls = s.pick('four', 'five', 'six')
  return {
    delivery: [
      `This is my ${ordinal(calls)} time {calling|asking} about the same thing. I've been waiting for ${an(item)} for {three|four} weeks{, and every time I hear a different story|}.`,
      `You've {canceled|missed} the delivery of my ${item} three times now. {I've taken three days off for you.|Three times I've stayed home.}`,
    ],
    line: [
      `My internet has {dropped out|failed} every evening for {two|three} weeks, and I've {called|written} ${calls} times. {Nothing happens.|I get a ticket number every time and nothing else.}`,
      `I've had ${calls} tickets and {two|three} technicians, and my line still doesn't work. {I pay ${s.money(s.customer.price)} a month for this.|}`,
    ],
    bill: [
      `You've sent me a reminder for ${amount} that I paid {weeks ago|in ${s.month(-31)}}. {Now you're threatening me with a collection agency!|Now you want to cut me off!}`,
      `I've told you ${calls} times that I don't owe you ${amount}. {And today I get another reminder.|And there's another letter today.}`,
    ],
  }[kind]
}

function ordinal(count: string): string {
  return { four: 'fourth', five: 'fifth' }[count] ?? 'sixth'
}

function supervisor(s: Scene, kind: Grievance, item: string, amount: string): void {
  s.wait(25, 110)
  const boss = s.transfer('relations')
  const colleague = s.agents[0]?.first ?? 'my colleague'
  s.us(
    '0',
    `{Hello|Good ${s.daytime}}, ${s.name}, {my name is ${boss.name}|this is ${boss.name}}, I'm a supervisor here. ${colleague} {has told me what happened|has filled me in}, {and I'd like to apologize|and first of all, I'm sorry}.`,
  )
  s.them(
    '-',
    "{Then you know how long this has been going on.|I don't want an apology, I want it solved.|It's taken long enough to get to you.}",
  )
  s.us('~', "{You're right.|I agree.} {So let me tell you what I've just done.|Here is what happens now.}")
  s.us(
    '0',
    {
      delivery: `I've found {one|the same ${item}} in our ${s.pick('Hadley', 'Easton', 'Westport')} store. {My own driver|A driver} brings it to you ${s.on(s.ahead(1, 2))}, {at the time you choose|whenever you're home}.`,
      line: `{I've called the network manager.|I have the network manager on the other line.} A senior technician, ${technician(s)}, {comes to you|will be at your door} ${s.on(s.workday(1, 1))} and {stays until it works|doesn't leave before it works}.`,
      bill: `I've {booked the ${amount} where it belongs|moved the payment myself} and stopped {the reminder|the collection}. {You owe us nothing.|Your balance is zero.} You'll have that in writing {today|within the hour}.`,
    }[kind],
  )
  s.them(
    '~',
    "{And why did that take so long?|Why couldn't anyone do that before?|OK. Why not three weeks ago?}",
  )
  s.us(
    '0',
    "{Honestly? Because nobody owned it.|Because it went from team to team. That's our mistake.} {From now on it's mine.|I'm keeping this case until it's closed.}",
  )
  const credit = s.money(s.pick(30, 40, 50, 75))
  s.us(
    '+',
    `{And I'd like to credit you ${credit}|I've also put a credit of ${credit} on your account} for {your time|all the trouble}. {Would that be all right?|}`,
  )
  if (s.chance(0.7)) {
    s.them(
      '~',
      "{OK. That's the first time somebody takes this seriously.|Well. Thank you. That's all I wanted.|I appreciate that. I was about to leave you.}",
    )
    s.us(
      '0',
      `{I'll call you myself|You'll hear from me} ${s.on(s.workday(2, 3))} {to make sure it's all done|to check}. Your case number is ${caseNumber(s)}.`,
    )
    s.close('fine')
  } else {
    s.them(
      '-',
      "{Keep your credit. I want it to work.|We'll see. I've been promised a lot.} {Put it in writing.|I want that in an e-mail.}",
    )
    s.us(
      '0',
      `{It's on its way|You'll have it in five minutes}, with my {direct number|name on it}. The case is ${caseNumber(s)}.`,
    )
    s.close('bad')
  }
}

function compliment(s: Scene): void {
  const who = technician(s)
  const she = who === 'Tina' || who === 'Ellie'
  const [he, him, his] = she ? ['she', 'her', 'her'] : ['he', 'him', 'his']
  const kind = visitKind(s)
  const was = s.back(1, 3)
  s.open({
    mood: '+',
    says: [
      `I don't have a problem, for once. I just want to {say something nice|praise someone}. Your technician ${who} was here ${s.on(was)} for the ${kind} and ${he} was {wonderful|so patient}.`,
      `I'd like to leave {a compliment|some praise} for ${who}, who came ${s.on(was)}. ${s.pick(`${capital(he)} even took ${his} shoes off.`, `${capital(he)} explained everything to my mother, who's ${s.between(78, 91)}.`, `${capital(he)} stayed an hour longer to get the ${kind} right.`)}`,
      `Can I tell you something good? ${who} {fixed in ten minutes what two others couldn't|was the first who listened}. It was the ${kind} ${s.on(was)}.`,
    ],
    ack: [
      "{Oh, that's lovely to hear!|What a nice message.} {We don't get many of those.|You've made my day.}",
      "{That's so kind of you.|How nice!} {I'll make sure it gets to the right people.|}",
    ],
  })
  s.us('0', `{Is there anything special|What did you like most}, so that I can {write it down|pass it on}?`)
  s.them(
    '+',
    `{Just that ${he} took ${his} time.|${capital(he)} cleaned up after everything.|${capital(he)} didn't talk down to me.} {That's rare.|You should keep ${him}.|Give ${him} a raise.}`,
  )
  s.us(
    '+',
    `{I've written it down word for word|It's in ${his} file now}, and {${his} team leader gets a copy|${he} will see it tomorrow morning}. ${who} will be {happy|thrilled}.`,
  )
  if (s.chance(0.4)) {
    s.them('+', `{Good. ${capital(he)} deserves it.|That's all. People only ever complain, don't they?}`)
    s.us('+', "{They do! So this one counts double.|Mostly, yes. That's why I'll remember this one.}")
  } else s.them('+', "{That's all I wanted.|Perfect.} {Thank you.|Have a lovely day.}")
  s.us(
    '+',
    `{Thank you for taking the time|Thanks again}, ${s.name}. {Have a wonderful ${s.daytime === 'evening' ? 'evening' : 'day'}!|All the best!}`,
  )
}

function rudeVisit(s: Scene): void {
  const kind = visitKind(s)
  const was = s.back(1, 4)
  const what = s.pick(
    'scratched my new floor',
    'left mud all over the carpet',
    'drilled right through a cable',
    'broke a tile in the bathroom',
  )
  s.open({
    mood: '-',
    says: [
      `I'm not happy with the ${kind} ${s.on(was)}. Your technician ${what}{ and just left|, and said nothing about it}.`,
      `I want to complain about the technician who was here ${s.on(was)}. He ${what}.`,
    ],
    ack: [
      "{I'm sorry, that must not happen.|Oh no, I'm sorry.} {We're insured for that, so we'll make it good.|Let me take this down properly.}",
      "{I apologize for that.|That's not how we want to leave a home.} {Let me open a claim.|}",
    ],
  })
  s.verify()
  s.us(
    '0',
    s.voice
      ? `{Do you have photos of it?|Could you take a few photos?} You can send them to claims@fernhallow.example.com.`
      : '{Could you send me a photo|Do you have a picture}, so that I can add it to the claim?',
  )
  s.them(
    '0',
    s.voice
      ? "{Yes, I took some right away.|I'll do that now.|My daughter can do that.}"
      : '[photo] {You can see it clearly|Here}',
  )
  s.us(
    '0',
    `{Thank you.|Thanks.} And {do you know roughly what the repair costs|have you asked anyone what a repair would cost}?`,
  )
  const cost = s.money(s.pick(120, 180, 240, 350))
  s.them(
    '0',
    `{I had someone look at it. He said|About} ${cost}.`,
    "{No, not yet.|No idea.} {I'd need to ask someone.|}",
  )
  s.us(
    '0',
    `{Your claim has the number|The claim number is} ${caseNumber(s)}. {Send us a quote and we'll pay it|Our insurance pays the repair}, {you don't have to pay first|usually within two weeks}.`,
  )
  s.them(
    '~',
    "{OK. I thought that would be harder.|All right, that's fair.|OK. I still think he should have said something.}",
  )
  const blamed = s.last.includes('said something')
  s.us(
    '0',
    blamed
      ? "{You're right, and his manager will talk to him.|I agree. I've told his team leader.}"
      : "{We broke it, so we pay for it.|It's the least we can do.}",
  )
  s.close(s.pick('fine', 'good'))
}

export const relations: readonly Scenario[] = [
  inbound('complaint', 'technical', 3, complaint, {
    media: SPOKEN_OR_CHAT,
    bot: {
      intent: 'complaint',
      gist: 'a complaint',
      asks: ['I want to complain', 'I want to talk to a manager', 'This is the fifth time I contact you'],
    },
  }),
  inbound('complaint', 'deliveries', 2, complaint, { media: SPOKEN_OR_CHAT }),
  inbound('complaint', 'billing', 2, complaint, { media: SPOKEN_OR_CHAT }),
  inbound('compliment', 'relations', 3, compliment, { media: ANY }),
  inbound('damage by technician', 'relations', 3, rudeVisit),
]

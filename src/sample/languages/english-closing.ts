import type { Scene } from '../scene.ts'
import type { Outcome } from '../story.ts'
import { aside } from './english-asides.ts'

/** The end of a conversation in English, by how it went. */
export function close(s: Scene, outcome: Outcome): void {
  if (s.brief) closeBriefly(s, outcome)
  else if (!s.voice && s.chance(0.09)) fallSilent(s)
  else {
    lastWord(s, outcome)
    farewell(s, outcome)
  }
}

const SATISFIED: Readonly<Record<Outcome, readonly string[]>> = {
  good: [
    "No, {that's everything|that was it|that's all}, thank you {so much|very much|for your help}.",
    "No, you've been {great|really helpful|very kind}, thank you.",
    "{No, that's all.|Nope, all good.} {I really appreciate it.|Thanks so much for sorting that out.}",
    "No, {I'm happy|that's perfect}. {Thanks a lot.|Thank you for being so quick.}",
    "{That's it.|No, that's it.} {You've been a big help.|I wish it was always this easy.}",
  ],
  fine: [
    "No, that's {all|everything|it}. {Thanks.|Thank you.}",
    "{No, I think that's it.|Nope, that's it.} {Thanks for your help.|Thank you.}",
    "{I don't think so, no. Thank you.|No, we're good, thanks.}",
    '{Not for now.|No, not today.} {Thank you.|Thanks.}',
  ],
  bad: [
    'No. {I just want it fixed.|I just hope it gets sorted this time.|That will do.}',
    "No, that's {it|enough for one day}.",
    "{No, thank you.|No.} I'll {wait and see|believe it when I see it}.",
    '{No.|No, nothing else.} {I had hoped for more, to be honest.|It is what it is.}',
  ],
}

const UNASKED: Readonly<Record<Outcome, readonly string[]>> = {
  good: [
    '{OK, great|Great|Perfect}, {thank you|thanks}{ for your help|}.',
    "{That's|Okay, that's} all I needed{, thank you|}.",
    "{Wonderful|Lovely}. {That's a weight off my mind.|Thanks again.}",
  ],
  fine: [
    '{OK|All right}, {thank you|thanks}{ for your help|}.',
    "{OK, then|Right, then} that's clear. Thanks.",
  ],
  bad: [
    "{Fine|OK|All right}. I'll {wait|see what happens}, then.",
    '{OK, well.|Right.} Not what I was hoping for.',
  ],
}

function lastWord(s: Scene, outcome: Outcome): void {
  if (s.chance(0.22)) {
    s.them(outcome === 'good' ? '+' : outcome === 'bad' ? '-' : '0', ...UNASKED[outcome])
    return
  }
  s.us(
    '0',
    'Is there anything else I can {help you with|do for you}{ today|}?',
    '{Was there|Is there} anything else{ today|}?',
    `Can I help with anything else{, ${s.name}|}?`,
    'Anything else I can {do|help with} {today|while I have you here}?',
    `{Do you have any other questions|Any other questions}{, ${s.name}|}?`,
  )
  if (outcome !== 'bad' && s.chance(0.2)) aside(s)
  else s.them(outcome === 'good' ? '+' : outcome === 'bad' ? '-' : '0', ...SATISFIED[outcome])
}

function farewell(s: Scene, outcome: Outcome): void {
  const part = s.daytime === 'evening' ? 'evening' : s.pick('day', s.daytime)
  if (outcome === 'bad')
    s.us(
      '0',
      `{I understand|I hear you}, ${s.name}, and I'm sorry again. {I've put it all in the notes.|You have my name if you need to come back to us.|}`,
      `Again, I'm sorry about this. {Take care, ${s.name}.|Thank you for your patience.}`,
      `I wish I had better news, ${s.name}. {Take care.|Goodbye.}`,
    )
  else
    s.us(
      '+',
      `{You're welcome|My pleasure|Happy to help|Any time}, ${s.name}. {Have a {good|great|lovely} ${part}{!|.}|Enjoy the rest of your ${part}.|Take care.}`,
      `{Thank you for ${s.voice ? 'calling' : 'contacting'} Fernhallow|Thanks for being with us}, ${s.name}. {Have a {good|nice} ${part}.|Take care.}`,
      `{Glad we could sort that out|I'm glad I could help}{, ${s.name}|}. {Have a good ${part}.|All the best.|Take care.}`,
      `{Great|Lovely}. Then {have a good ${part}|enjoy your ${part}}, ${s.name}.`,
    )
  if (s.voice) {
    if (s.chance(0.65)) sayBye(s, outcome)
  } else if (outcome !== 'bad' && s.chance(0.35))
    s.them('+', 'You too!', 'Thanks, bye', 'Thank you, you too', 'Bye!', 'Likewise!')
}

function sayBye(s: Scene, outcome: Outcome): void {
  if (outcome === 'bad') s.them('0', 'Goodbye.', 'OK. Bye.', 'All right, bye.')
  else
    s.them(
      '+',
      'You too{, bye|. Bye-bye|}.',
      'Thanks, bye.',
      `You too, ${s.agent.first}. Bye.`,
      'Thank you, bye now.',
      'Bye.',
      'Same to you.',
    )
}

function closeBriefly(s: Scene, outcome: Outcome): void {
  if (outcome === 'bad')
    s.them('-', "OK. {Not great but thanks|Let's see}", 'Fine.', "Right. I'll wait then.")
  else
    s.them(
      outcome === 'good' ? '+' : '0',
      '{Great|Perfect|OK}, {thank you|thanks}!',
      'Thanks{ a lot| so much|}{!|.}',
      "That's {great|perfect}, thank you.",
      'Brilliant, thank you{ for the quick answer|}',
      'OK 👍',
    )
  if (s.chance(0.7))
    s.us(
      outcome === 'bad' ? '0' : '+',
      outcome === 'bad'
        ? `Sorry again, ${s.name}. {Just reply here if anything changes.|I'm keeping an eye on it.}`
        : `{You're welcome|Any time|No problem}, ${s.name}. {Just reply here if you need anything else.|Have a good {day|one}!|We're here if you need us.}`,
    )
}

/** A customer who has what they came for just leaves the window open. */
function fallSilent(s: Scene): void {
  s.us('0', 'Is there anything else I can help you with?', 'Anything else today?')
  s.wait(120, 260)
  s.us('0', `{Are you still there, ${s.name}?|${s.name}, are you still with me?}`)
  s.wait(90, 200)
  s.us(
    '0',
    "I haven't heard from you {for a while|in a few minutes}, so I'll close this chat {now|for now}. {You can come back to us any time.|Just open a new one if there's anything else.}",
  )
}

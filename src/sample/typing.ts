import type { Random } from './random.ts'
import type { Scene } from './scene.ts'
import type { Turn } from './story.ts'
import { casually, halves, hesitantly, withEmoji } from './wording.ts'

/** Above this, turns are no longer cut in two, so that no conversation gets longer than 40 messages. */
const ENOUGH = 30

/** The turns of a scene as they come out of mouths and keyboards: cut up, with the speaker's habits. */
export function asUttered(scene: Scene): Turn[] {
  const { random } = scene
  const fond = !scene.voice && random.chance(0.3)
  const out: Turn[] = []
  let left = ENOUGH - scene.turns.length
  for (const turn of scene.turns) {
    const parts = left > 0 && random.chance(splits(scene, turn)) ? halves(turn.text) : undefined
    if (!parts) {
      out.push({ ...turn, text: habit(random, scene, turn, turn.text, fond) })
      continue
    }
    left -= 1
    // A bare "Hello." shows nothing of what comes next.
    const mood = parts[0].length < 12 ? '0' : turn.mood
    out.push({ ...turn, mood, text: habit(random, scene, turn, parts[0], false) })
    out.push({ ...turn, pause: 0, text: habit(random, scene, turn, parts[1], fond) })
  }
  return out
}

/** How likely a turn is to arrive as two messages. */
function splits(scene: Scene, turn: Turn): number {
  if (turn.virtual) return 0
  if (scene.voice) return turn.text.length > 90 ? 0.55 : 0.08
  if (scene.brief) return 0
  if (turn.speaker === 'CONTACT') return scene.customer.style === 'casual' ? 0.5 : 0.12
  return turn.text.length > 120 ? 0.25 : 0.04
}

function habit(random: Random, scene: Scene, turn: Turn, text: string, fond: boolean): string {
  if (turn.speaker !== 'CONTACT')
    return fond && turn.mood === '+' && random.chance(0.15) ? `${text} 😊` : text
  const english = scene.customer.language === 'en'
  if (scene.voice) return english && !turn.virtual && random.chance(0.09) ? hesitantly(random, text) : text
  const typed = english && scene.customer.style === 'casual' ? casually(random, text) : text
  const moved = text.endsWith('?') ? 0 : turn.mood === '+' ? 0.55 : turn.mood === '-' ? 0.3 : 0
  return fond && random.chance(moved) ? withEmoji(random, typed, turn.mood === '+') : typed
}

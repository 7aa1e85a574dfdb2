import { caseNumber, orderNumber } from '../facts.ts'
import type { Scene } from '../scene.ts'
import { capital } from '../wording.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

/** With the possessive in the nominative. */
const ITEMS: readonly (readonly [string, string])[] = [
  ['meine', 'Waschmaschine'],
  ['mein', 'Kühlschrank'],
  ['meine', 'Kaffeemaschine'],
  ['mein', 'Regal'],
  ['meine', 'Matratze'],
  ['mein', 'Trockner'],
]

function late(s: Scene): void {
  const [my, item] = s.random.pick(ITEMS)
  const due = s.back(1, 5)
  const cross = s.chance(0.4)
  s.open({
    mood: cross ? '-' : '0',
    says: cross
      ? [
          `Ich warte immer noch auf eine Lieferung, die ${s.on(due)} zugesagt war, {und keiner meldet sich|und ich habe mir extra freigenommen}. Wo bleibt ${my} ${item}?`,
          `${capital(my)} ${item} sollte ${s.on(due)} kommen. {Es kam niemand.|Ich habe den ganzen Tag gewartet.} {So geht das doch nicht.|Und am Telefon wusste keiner Bescheid.}`,
        ]
      : [
          `Ich wollte fragen, wo ${my} ${item} bleibt. Die Lieferung sollte ${s.on(due)} kommen.`,
          `${capital(my)} ${item} sollte ${s.on(due)} geliefert werden, aber es ist {noch nichts da|nichts angekommen}.`,
        ],
    ack: [
      '{Das tut mir leid.|Oh, das ist ärgerlich.} Ich schaue gleich nach.',
      'Das verstehe ich. {Wir finden heraus, was passiert ist.|Ich prüfe das sofort.}',
    ],
  })
  s.us('0', '{Haben Sie die Bestellnummer zur Hand?|Wie lautet die Bestellnummer?}')
  s.them('0', `{Ja, die |Das ist die |}${orderNumber(s)}.`)
  s.verify()
  s.hold()
  const next = s.ahead(1, 3)
  s.us(
    '0',
    `{Ich sehe es jetzt.|So, gefunden.} Die Sendung liegt im Lager, weil {das Etikett beschädigt war|die Hausnummer fehlte}. Wir können ${s.on(next)} {vormittags|am Nachmittag} liefern.`,
  )
  if (cross) {
    s.them('-', '{Und wenn ich nicht nachgefragt hätte?|Und wer bezahlt mir den Urlaubstag?}')
    s.us('~', `Da haben Sie recht. Ich schreibe Ihnen ${s.money(s.pick(10, 15, 20))} gut.`)
    s.them('~', '{Na gut, das ist in Ordnung.|Immerhin. Danke.}')
  } else {
    s.them('+', '{Das passt gut.|Ja, da bin ich zu Hause.} {Ruft der Fahrer vorher an?|}')
    if (s.last.endsWith('?')) s.us('0', 'Ja, {eine halbe Stunde|etwa eine Stunde} vorher.')
  }
  s.close(cross ? 'fine' : 'good')
}

function internet(s: Scene): void {
  const since = s.pick('seit gestern Abend', 'seit heute früh', 'seit zwei Stunden')
  s.open({
    mood: '-',
    says: [
      `Mein Internet geht ${since} nicht mehr. {Am Router leuchtet es rot.|Am Router blinkt eine Lampe orange.}`,
      `Ich habe ${since} kein Internet, {und ich arbeite von zu Hause|und das nicht zum ersten Mal}.`,
    ],
    ack: [
      'Das tut mir leid. {Ich messe gleich Ihre Leitung.|Wir sehen uns das zusammen an.}',
      'Oh je. {Dann schauen wir mal.|Ich prüfe, ob eine Störung vorliegt.}',
    ],
  })
  s.verify()
  s.us(
    '0',
    'Ziehen Sie bitte einmal den Stecker vom Router, warten Sie eine halbe Minute und stecken Sie ihn wieder ein.',
  )
  s.them('0', '{Gut, mache ich.|Moment, der steht im Keller.|Das habe ich schon, aber gut.}')
  s.wait(90, 180)
  if (s.chance(0.5)) {
    s.them('+', '{Jetzt leuchtet es grün!|Es geht wieder!} {So einfach.|Na endlich.}')
    s.us('+', '{Wunderbar.|Das freut mich.} Von hier sieht die Leitung auch gut aus.')
    s.close('good')
  } else {
    s.them('-', '{Leider immer noch rot.|Nein, da tut sich nichts.}')
    s.us(
      '0',
      `Dann schicke ich Ihnen ${s.on(s.workday(1, 2))} einen Techniker, zwischen {acht und zehn|dreizehn und fünfzehn} Uhr. Ihre Vorgangsnummer ist ${caseNumber(s)}.`,
    )
    s.them('0', '{Gut, ich bin da.|In Ordnung.} {Kostet mich das etwas?|}')
    if (s.last.endsWith('?')) s.us('0', 'Nein, das ist für Sie kostenlos.')
    s.close('fine')
  }
}

function cancel(s: Scene): void {
  const end = s.date(s.workday(28, 34))
  s.open({
    mood: '0',
    says: [
      'Ich möchte meinen Vertrag kündigen. {Ich ziehe ins Ausland.|Ich ziehe mit meiner Partnerin zusammen, und sie hat schon Internet.}',
      'Ich muss meinen Anschluss leider kündigen. {Wir ziehen weg.|Ich brauche ihn nicht mehr.}',
    ],
    ack: [
      'Schade, aber das verstehe ich. {Ich sehe mir den Vertrag an.|}',
      'Das bedauere ich. {Ich kümmere mich darum.|}',
    ],
  })
  s.verify()
  s.us('0', `Der Vertrag endet dann am ${end}{, mit einem Monat Frist|}. Ist das für Sie in Ordnung?`)
  s.them('0', 'Ja, das passt. {Und was mache ich mit dem Router?|Bekomme ich das schriftlich?}')
  s.us(
    '0',
    s.last.includes('Router')
      ? 'Für den Router schicke ich Ihnen einen Rücksendeschein.'
      : `Natürlich, die Bestätigung geht an ${s.customer.email}.`,
  )
  s.them('+', '{Das war ja unkompliziert.|Sehr gut.}')
  s.close('good')
}

export const germanScenarios: readonly Scenario[] = [
  inbound('verspätete Lieferung', 'languages', 1, late, { language: 'de' }),
  inbound('kein Internet', 'languages', 1, internet, { language: 'de' }),
  inbound('Kündigung', 'languages', 1, cancel, { language: 'de' }),
]

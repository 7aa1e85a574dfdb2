import { fromPhrasebook } from './phrasebook.ts'

function greeting(hour: number): string {
  if (hour < 11) return 'Guten Morgen'
  return hour < 18 ? 'Guten Tag' : 'Guten Abend'
}

export const german = fromPhrasebook({
  answers: (s) => [
    `${greeting(s.hour)}, Fernhallow, mein Name ist ${s.agent.name}. {Was kann ich für Sie tun?|Wie kann ich Ihnen helfen?}`,
    `Fernhallow Kundenservice, ${s.agent.name}, ${greeting(s.hour).replace('Guten', 'guten')}. Wie kann ich helfen?`,
  ],
  greetings: (s) => [
    `${greeting(s.hour)}, ${s.customer.last} hier.`,
    `${greeting(s.hour)}.`,
    s.voice ? `Hallo, mein Name ist ${s.customer.last}.` : 'Hallo.',
  ],
  introduces: (s) => [
    `${greeting(s.hour)} und vielen Dank für Ihre Nachricht, ${s.agent.name} hier.`,
    `Hallo, hier ist ${s.agent.name} von Fernhallow.`,
  ],
  identity: ({ customer: c }) => [
    [
      'Nennen Sie mir bitte {Ihre Kundennummer|die Kundennummer}? {Sie steht oben auf der Rechnung.|}',
      `{Moment... |Das ist die |Ja, |}${c.account}.`,
    ],
    [
      'Darf ich {zum Abgleich|zur Sicherheit} Ihren vollen Namen und Ihre Anschrift haben?',
      `${c.first} ${c.last}, ${c.street}, ${c.city}.`,
    ],
  ],
  thanks: () => [
    '{Vielen Dank|Danke schön}. {Ich habe Ihren Vertrag jetzt vor mir.|Ich habe Sie gefunden.|Das passt.}',
  ],
  wait: (s) =>
    s.voice
      ? ['Bleiben Sie bitte einen Moment dran, ich sehe nach.', 'Darf ich Sie kurz in die Leitung legen?']
      : ['Einen Moment bitte, ich prüfe das.', 'Geben Sie mir bitte zwei Minuten.'],
  agreed: ['{Ja, gern.|In Ordnung.|Okay.}', 'Kein Problem.'],
  back: () => ['Danke fürs Warten.', 'So, da bin ich wieder.'],
  anythingElse: ['Kann ich sonst noch etwas für Sie tun?', 'Haben Sie noch {weitere Fragen|eine Frage}?'],
  nothingElse: {
    good: [
      'Nein, das war alles. {Herzlichen Dank!|Sie haben mir sehr geholfen.}',
      'Nein, {super|wunderbar}, vielen Dank.',
    ],
    fine: ['Nein, das war es. Danke.', 'Im Moment nicht, danke.'],
    bad: ['Nein. Ich hoffe nur, dass es diesmal klappt.', 'Nein, mir reicht es für heute.'],
  },
  farewell: (s, outcome) =>
    outcome === 'bad'
      ? [
          'Ich verstehe Sie, und es tut mir wirklich leid. Auf Wiederhören.',
          'Ich entschuldige mich noch einmal.',
        ]
      : [
          `{Sehr gern|Gern geschehen}. {Einen schönen ${s.hour < 18 ? 'Tag noch' : 'Abend noch'}!|Alles Gute!}`,
          `{Danke, dass Sie sich gemeldet haben.|Vielen Dank für Ihre Geduld.} Schönen ${s.hour < 18 ? 'Tag' : 'Abend'} noch.`,
        ],
  goodbye: ['{Danke, ebenso|Auf Wiederhören|Tschüss}.'],
})

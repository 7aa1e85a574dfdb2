import { fromPhrasebook } from './phrasebook.ts'

function greeting(hour: number): string {
  return hour < 18 ? 'Bonjour' : 'Bonsoir'
}

export const french = fromPhrasebook({
  answers: (s) => [
    `Fernhallow, ${greeting(s.hour).toLowerCase()}, ${s.agent.first} à votre écoute. Que puis-je faire pour vous ?`,
    `${greeting(s.hour)} et bienvenue chez Fernhallow. ${s.agent.first} à l'appareil, en quoi puis-je vous aider ?`,
  ],
  greetings: (s) =>
    [
      `${greeting(s.hour)}.`,
      `${greeting(s.hour)} ${s.agent.first}.`,
      `Oui, ${greeting(s.hour).toLowerCase()}.`,
    ].slice(0, s.voice ? 3 : 1),
  introduces: (s) => [
    `${greeting(s.hour)}, ici ${s.agent.first}, de Fernhallow.`,
    `${greeting(s.hour)} et merci de votre message, ${s.agent.first} à votre écoute.`,
  ],
  identity: ({ customer: c }) => [
    [
      "Pouvez-vous me donner votre nom et votre adresse, {s'il vous plaît|pour vérification} ?",
      `${c.first} ${c.last}, ${c.street}, à ${c.city}.`,
    ],
    [
      'Quel est votre numéro de client ? {Il est en haut de la facture.|}',
      `{C'est le |Alors... |}${c.account}.`,
    ],
  ],
  thanks: () => [
    "{Merci beaucoup|Je vous remercie}. {J'ai votre dossier sous les yeux.|Votre dossier est ouvert.|C'est parfait.}",
  ],
  wait: (s) =>
    s.voice
      ? ['Je vous fais patienter un instant, le temps de vérifier.', 'Ne quittez pas, je regarde.']
      : ['Un instant, je vérifie.', 'Laissez-moi deux minutes pour regarder.'],
  agreed: ["{D'accord.|Oui, bien sûr.|Très bien.}", 'Pas de souci.'],
  back: () => ["Merci d'avoir patienté.", 'Me revoici, merci de votre patience.'],
  anythingElse: ['Puis-je faire autre chose pour vous ?', 'Avez-vous une autre question ?'],
  nothingElse: {
    good: [
      "Non, c'est tout. {Merci beaucoup !|Vous avez été très aimable.}",
      "Non, c'est parfait, {merci pour votre aide|merci infiniment}.",
    ],
    fine: ['Non, ce sera tout. Merci.', "Pas pour l'instant, merci."],
    bad: ["Non. J'espère juste que ça ira cette fois.", "Non, ça suffit pour aujourd'hui."],
  },
  farewell: (s, outcome) =>
    outcome === 'bad'
      ? ['Je comprends, et je vous présente encore mes excuses.', 'Encore toutes mes excuses. Au revoir.']
      : [
          `{Je vous en prie|Avec plaisir}. {Bonne ${s.hour < 18 ? 'journée' : 'soirée'} !|Au revoir et à bientôt.}`,
          `Merci {de votre confiance|de votre patience}, et bonne ${s.hour < 18 ? 'journée' : 'soirée'}.`,
        ],
  goodbye: ['{Merci, au revoir|À vous aussi, au revoir|Au revoir}.'],
})

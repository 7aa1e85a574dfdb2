import { caseNumber, orderNumber } from '../facts.ts'
import type { Scene } from '../scene.ts'
import type { Scenario } from './scenario.ts'
import { inbound } from './scenario.ts'

function late(s: Scene): void {
  const item = s.pick(
    'ma machine à laver',
    'ma cafetière',
    'mon matelas',
    'mon étagère',
    'mon aspirateur',
    'mon four à micro-ondes',
  )
  const due = s.back(1, 5)
  const cross = s.chance(0.45)
  s.open({
    mood: cross ? '-' : '0',
    says: cross
      ? [
          `J'attends toujours ${item}. La livraison était prévue ${s.on(due)} et {personne ne m'a prévenu de rien|j'ai posé une journée pour rien}.`,
          `On devait me livrer ${item} ${s.on(due)}. {Personne n'est venu.|Je n'ai vu personne.} {C'est inadmissible.|Ce n'est vraiment pas sérieux.}`,
        ]
      : [
          `Je voudrais savoir où en est ma commande. On devait me livrer ${item} ${s.on(due)}.`,
          `Je vous contacte pour une livraison en retard : ${item} devait arriver ${s.on(due)}.`,
        ],
    ack: [
      '{Je suis désolée pour ce retard.|Toutes mes excuses.} Je regarde tout de suite.',
      'Je comprends. {Voyons cela ensemble.|Je vais me renseigner.}',
    ],
  })
  s.us('0', 'Auriez-vous le numéro de commande ?', "Quel est votre numéro de commande, s'il vous plaît ?")
  s.them('0', `{Oui, c'est le |C'est le |}${orderNumber(s)}.`)
  s.verify()
  s.hold()
  s.us(
    '0',
    `{Je vois ce qui s'est passé.|Voilà, j'ai trouvé.} Le colis est resté au dépôt, {l'étiquette était abîmée|il manquait le code de l'immeuble}. Nous pouvons vous livrer ${s.on(s.ahead(1, 3))} {dans la matinée|l'après-midi}.`,
  )
  if (cross) {
    s.them('-', "{Et si je n'avais rien dit ?|Et ma journée perdue ?}")
    s.us('~', `Vous avez raison. Je vous accorde un avoir de ${s.money(s.pick(10, 15, 20))}.`)
    s.them('~', "{Bon, d'accord.|C'est la moindre des choses, mais merci.}")
  } else {
    s.them('+', "{C'est parfait.|Très bien, je serai là.} {Le livreur appelle avant ?|}")
    if (s.last.endsWith('?')) s.us('0', 'Oui, {une demi-heure|une heure} avant son passage.')
  }
  s.close(cross ? 'fine' : 'good')
}

function internet(s: Scene): void {
  const since = s.pick('hier soir', 'ce matin', s.hour > 13 ? 'ce midi' : 'hier')
  s.open({
    mood: '-',
    says: [
      `Je n'ai plus internet depuis ${since}. {Le voyant de la box est rouge.|La box clignote en orange.}`,
      `Ma connexion ne marche plus depuis ${since}, {et je travaille à la maison|j'ai tout redémarré, sans succès}.`,
    ],
    ack: ["{Je suis désolée.|C'est ennuyeux, en effet.} Je teste votre ligne.", 'Voyons cela ensemble.'],
  })
  s.verify()
  s.wait(15, 50)
  s.us('0', 'La ligne répond. Pouvez-vous débrancher la box trente secondes, puis la rebrancher ?')
  s.them('0', "{D'accord, j'y vais.|Un instant, elle est dans l'entrée.}")
  s.wait(90, 180)
  if (s.chance(0.5)) {
    s.them('+', '{Ça y est, elle est verte !|Ah, ça remarche !}')
    s.us('+', "{Parfait.|J'en suis ravie.} Je vois aussi la connexion d'ici.")
    s.close('good')
  } else {
    s.them('-', '{Non, toujours rouge.|Rien ne change.}')
    s.us(
      '0',
      `Je vous envoie un technicien ${s.on(s.workday(1, 2))}, entre {8 heures et 10 heures|14 heures et 16 heures}. Votre numéro de dossier est le ${caseNumber(s)}.`,
    )
    s.them('0', "{D'accord, je serai là.|Très bien.} {C'est payant ?|}")
    if (s.last.endsWith('?')) s.us('0', "Non, c'est entièrement gratuit.")
    s.close('fine')
  }
}

function moving(s: Scene): void {
  const on = s.workday(12, 28)
  s.open({
    mood: '0',
    says: [
      `Je déménage ${s.on(on)} et je voudrais transférer mon abonnement.`,
      `Nous changeons d'adresse ${s.on(on)}. {Que faut-il faire pour internet ?|Est-ce que je peux garder mon contrat ?}`,
    ],
    ack: [
      "{Félicitations pour le nouveau logement !|Bien sûr.} Je m'en occupe.",
      'Aucun souci, {le contrat vous suit|cela se fait très vite}.',
    ],
  })
  s.verify()
  s.us('0', 'Quelle est la nouvelle adresse ?')
  s.them(
    '0',
    `${s.between(2, 140)} ${s.pick('rue Haute', 'allée des Charmes', 'chemin du Verger', 'rue du Puits')}, ${s.pick('toujours à', 'à')} ${s.customer.city}.`,
  )
  s.wait(10, 40)
  s.us(
    '0',
    `La fibre y est disponible. {Elle sera active|Ce sera actif} le ${s.date(on)}, au même prix. {Il suffit d'emporter votre box.|Vous branchez la box, et c'est tout.}`,
  )
  s.them('+', "{C'est plus simple que je ne pensais.|Formidable.}")
  s.close('good')
}

export const frenchScenarios: readonly Scenario[] = [
  inbound('livraison en retard', 'languages', 1, late, { language: 'fr' }),
  inbound('panne internet', 'languages', 1, internet, { language: 'fr' }),
  inbound('déménagement', 'languages', 1, moving, { language: 'fr' }),
]

"""Which French words turn a proposal into its contrary?

Written for this guard: one line is one opposition, `words | contrary words`, each word in the forms whose stems differ
(verb, noun, irregular inflections); an underscore joins a phrase. A word of a class of `CLASSES` opposes every word of
the other class. Everything is compared by the stems of `french.alternatives`.
"""

from itertools import product

from polyphonie.opinion.texts.french import alternatives, words

PAIRS = """
supprimer suppression | créer création recréer
supprimer suppression | garantir garanti garantie
supprimer suppression | maintenir maintien maintient maintenu
supprimer suppression | ajouter ajout
abolir abolition aboli | instaurer instauration
abolir abolition aboli | rétablir rétablissement
abroger abrogation | adopter adoption
abroger abrogation | promulguer promulgation
annuler annulation | confirmer confirmation
annuler annulation | valider validation
interdire interdit interdiction interdisons interdise | autoriser autorisation
interdire interdit interdiction interdisons interdise | permettre permet permettent permis permettons permission
interdire interdit interdiction interdisons interdise | accompagner accompagnement
interdire interdit interdiction interdisons interdise | légaliser légalisation
interdire interdit interdiction interdisons interdise | libre librement
prohiber prohibition | autoriser autorisation
bannir bannissement | accepter acceptation
défendu | permis
pénaliser pénalisation | dépénaliser dépénalisation
criminaliser criminalisation | décriminaliser décriminalisation
réduire réduit réduction réduisons réduise | renforcer renforcement
réduire réduit réduction réduisons réduise | augmenter augmentation hausse
réduire réduit réduction réduisons réduise | étendre étend étendu étendue extension
réduire réduit réduction réduisons réduise | accroître accroissement accroît accru
réduire réduit réduction réduisons réduise | développer développement
diminuer diminution | augmenter augmentation
diminuer diminution | accroître accroissement accroît accru
baisser baisse abaisser | augmenter augmentation
baisser baisse abaisser | hausser hausse relever relèvement
baisser baisse abaisser | monter
rétrécir rétrécissement | élargir élargissement
raccourcir raccourcissement | allonger allongement rallonger
alléger allégement allègement | alourdir alourdissement
affaiblir affaiblissement | renforcer renforcement
affaiblir affaiblissement | conforter
amoindrir | amplifier amplification
atténuer atténuation | aggraver aggravation
minimiser | maximiser
freiner frein | encourager encouragement
freiner frein | accélérer accélération
freiner frein | favoriser
ralentir ralentissement | accélérer accélération
retarder retard report reporter | avancer hâter
décourager | encourager encouragement
dissuader dissuasion dissuasif | inciter incitation incitatif
désinciter | inciter incitation
entraver entrave | faciliter facilitation
compliquer complexifier complication | simplifier simplification
restreindre restreint restriction restreignons | promouvoir promotion promeut promouvons
restreindre restreint restriction restreignons | étendre étend étendu étendue extension
restreindre restreint restriction restreignons | élargir élargissement
limiter limitation limite | étendre étend étendu étendue extension
limiter limitation limite | autoriser autorisation
limiter limitation limite | déplafonner illimité
plafonner plafonnement plafond | déplafonner déplafonnement
encadrer encadrement | libéraliser libéralisation
encadrer encadrement | autoriser autorisation
réguler régulation réglementer réglementation | déréguler dérégulation déréglementer déréglementation
réguler régulation réglementer réglementation | libéraliser libéralisation laisser_faire
durcir durcissement | assouplir assouplissement
durcir durcissement | adoucir adoucissement
strictement strict stricte | largement large
strictement strict stricte | souple souplesse
sévère sévérité sévèrement | clément clémence
rigide rigidité | souple souplesse flexible flexibilité
protéger protection | sanctionner sanction
protéger protection | exposer
protéger protection | sacrifier sacrifice
protéger protection | menacer menace
sécurité sûreté | insécurité danger menace
récompenser récompense | sanctionner sanction punir punition
gracier | condamner condamnation
affirmer affirmation réaffirmer | renoncer renoncement
affirmer affirmation réaffirmer | nier négation
maintenir maintien maintient maintenu | modifier modification
maintenir maintien maintient maintenu | abandonner abandon
maintenir maintien maintient maintenu | changer changement
maintenir maintien maintient maintenu | réformer réforme
conserver conservation | détruire détruit destruction
conserver conservation | effacer effacement
garder | jeter
continuer continuation poursuivre poursuite | arrêter arrêt cesser cessation
continuer continuation poursuivre poursuite | interrompre interruption
commencer commencement | finir terminer
reprendre reprise | suspendre suspension
accepter acceptation | refuser refus
accepter acceptation | rejeter rejet
approuver approbation | désapprouver désapprobation
approuver approbation | rejeter rejet
soutenir soutien soutient | combattre combat
soutenir soutien soutient | opposer opposition
soutenir soutien soutient | abandonner abandon
aider aide | nuire
pour | contre
favorable | défavorable
partisan | opposant adversaire
avec | sans
inclure inclus inclusion inclusif inclusive | exclure exclu exclusion exclusif exclusive
intégrer intégration | exclure exclu exclusion
accueillir accueil accueille | expulser expulsion
accueillir accueil accueille | repousser refouler
admettre admission admis | renvoyer renvoi
embaucher embauche recruter recrutement | licencier licenciement
ouvrir ouverture ouvert ouverte ouvrons | fermer fermeture fermé fermée
ouvrir ouverture ouvert ouverte ouvrons | verrouiller verrouillage
débloquer déblocage | bloquer blocage
construire construit construction construisons | démolir démolition
construire construit construction construisons | détruire détruit destruction
installer installation | retirer retrait
installer installation | démonter désinstaller
mettre_en_place | démanteler démantèlement
planter plantation | abattre abattage arracher
privatiser privatisation | nationaliser nationalisation
privatiser privatisation | municipaliser remunicipaliser régie
public publique publics publiques | privé privée privés privées
centraliser centralisation | décentraliser décentralisation
regrouper regroupement fusionner fusion | séparer séparation scinder scission
unifier unification | diviser division
uniformiser uniformisation | diversifier diversification
concentrer concentration | disperser répartir répartition
obliger obligation obligatoire obligatoirement | facultatif facultative volontaire volontairement volontariat
obliger obligation obligatoire obligatoirement | laisser_libre liberté libre librement
obliger obligation obligatoire obligatoirement | dispenser dispense exempter exemption
imposer imposition | exonérer exonération
imposer imposition | proposer
contraindre contraint contrainte | laisser_libre liberté libre
exiger exigence | renoncer renoncement
taxer taxe taxation | détaxer détaxe exonérer exonération
taxer taxe taxation | subventionner subvention
financer financement | définancer désengager désengagement
investir investissement | désinvestir désinvestissement
dépenser dépense | économiser épargner
gratuit gratuite gratuité gratuitement | payant payante payer
rembourser remboursement | dérembourser déremboursement
enrichir enrichissement | appauvrir appauvrissement
embellir embellissement | enlaidir
publier publication | taire
publier publication | cacher dissimuler dissimulation
publier publication | dépublier
transparence transparent transparente | opacité opaque secret
révéler révélation divulguer divulgation | cacher secret
informer information | désinformer désinformation
autonomie autonome | tutelle dépendance
indépendance indépendant indépendante | dépendance dépendant dépendante
égalité égal égale | inégalité inégal
justice juste | injustice injuste
légal légale légalité légaliser légalisation | illégal illégale illégalité
oui | non stop halte
éclairer éclairage allumer | éteindre éteint extinction éteignons
rouvrir réouverture | fermer fermeture
obéir obéissance | désobéir désobéissance
trier recycler | jeter incinérer
licite | illicite
utile utilité | inutile inutilité
possible | impossible
suffisant suffisante | insuffisant insuffisante
visible visibilité | invisible invisibilité
responsable responsabiliser | irresponsable déresponsabiliser
réversible | irréversible
anonyme anonymat | nominatif identifié
majorité majoritaire | minorité minoritaire
plus davantage | moins
plus davantage | aussi_peu
tout tous toute toutes | aucun aucune nul nulle
toujours | jamais
avant préalable | après postérieur
haut haute | bas basse
rapide rapidement vite | lent lente lentement
long longue | court courte
grand grande agrandir | petit petite rapetisser
nouveau nouvelle | ancien ancienne
piétonniser piéton piétonne | carrossable
végétaliser végétalisation | bétonner bétonnage artificialiser
dépolluer dépollution | polluer pollution
armer armement | désarmer désarmement
activer activation | désactiver désactivation
connecter connexion | déconnecter déconnexion
chiffrer chiffrement | déchiffrer
engager engagement | désengager désengagement
confiance | défiance méfiance
reconnaître reconnaissance reconnaît reconnu | nier ignorer
respecter respect | violer violation
consulter concerter associer | ignorer écarter
centre | périphérie
national nationale | étranger étrangère
croissance croître | décroissance décroître
progrès progresser progressif | recul reculer régression
""".strip()

# Verbs of doing, keeping and having more; verbs of undoing, stopping and having less.
UPHOLDING = """
créer création recréer instaurer instauration établir établissement instituer introduire introduit introduction
garantir garantie assurer maintenir maintien maintient conserver conservation préserver préservation sauvegarder
protéger protection défendre défend renforcer renforcement consolider développer développement étendre étend extension
élargir élargissement augmenter augmentation accroître accroissement accroît multiplier intensifier accélérer
autoriser autorisation permettre permet permettons légaliser encourager encouragement favoriser promouvoir promotion
promeut promouvons soutenir soutien soutient accompagner accompagnement faciliter inciter incitation stimuler
subventionner subvention généraliser imposer obliger obligation exiger inscrire inscrit consacrer
affirmer réaffirmer reconnaître reconnaissance reconnaît valoriser adopter adoption approuver accepter
ouvrir ouverture construire construit construction investir pérenniser instaurons mettre_en_place accueillir
"""
UNDOING = """
supprimer suppression abolir abolition abroger abrogation annuler annulation interdire interdit interdiction interdisons
interdise prohiber prohibition bannir bannissement empêcher bloquer freiner frein ralentir entraver entrave
limiter limitation restreindre restreint restriction restreignons réduire réduit réduction réduisons réduise diminuer
diminution baisser baisse affaiblir affaiblissement sanctionner punir renoncer renoncement
abandonner abandon refuser refus rejeter rejet cesser arrêter stopper fermer fermeture détruire détruit destruction
démolir démolition démanteler démantèlement retirer retrait exclure exclusion dissuader décourager sacrifier combattre
suspendre suspension geler gel plafonner éliminer élimination dérembourser désengager proscrire proscrit mettre_fin
en_finir stop halte contre opposer opposition
"""

# Words that deny by themselves, and those that only complete « ne ».
DENIALS = frozenset(("pas", "jamais", "aucun", "aucune", "aucunement", "nul", "nulle", "nullement", "rien", "guère", "guere"))
LONE_DENIALS = frozenset(("sans", "non", "ni"))

Stems = frozenset[tuple[str, ...]]  # the stems of a word, or of each word of a phrase


def _stems_of_side(side: str) -> Stems:
    entries = side.split()
    phrases = [entry.replace("_", " ") for entry in (*entries, *map(_first_person_plural, entries))]
    return frozenset(stems for phrase in phrases for stems in product(*map(alternatives, words(phrase))))


def _first_person_plural(entry: str) -> str:
    """« supprimons » for « supprimer », since Snowball leaves its ending; other words as they are."""
    if not entry.endswith("er") or "_" in entry:
        return entry
    root = entry[:-2]
    return (root[:-1] + "ç" if root.endswith("c") else root + "e" if root.endswith("g") else root) + "ons"


OPPOSITIONS: tuple[tuple[Stems, Stems], ...] = tuple(
    (_stems_of_side(left), _stems_of_side(right)) for left, right in (line.split("|") for line in PAIRS.splitlines())
)
CLASSES: tuple[Stems, Stems] = (_stems_of_side(UPHOLDING), _stems_of_side(UNDOING))

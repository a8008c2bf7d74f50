"""How sites speak around their articles, by kind and by language: English, Spanish, Portuguese, French, German.

Each is the beginning of a paragraph after its marks and brackets (of a credit, with them), case ignored; one that
ends in ``END`` is all of it. They are to hold for any site, and to let every sentence that an article could be made
of pass.
"""

from collections.abc import Mapping

END = r"\W*$"
SOCIAL = (
    r"(?:facebook|twitter|x\.com|whatsapp|telegram|linkedin|pinterest|reddit|tumblr|e-?mail|instagram|youtube|tiktok"
    r"|threads|mastodon|bluesky|xing|google news|google noticias|google notícias|rss)"
)
_NETWORKS = rf"{SOCIAL}(?:(?:\W|and|or|y|e|et|ou|und|oder|on|en|no|sur|auf)+{SOCIAL})*"
_LETTER = r"(?:news ?letters?|bolet[íi]n(?:es)?|boletim|boletins|lettre|infolettre|rundbrief)"

Phrases = Mapping[str, tuple[str, ...]]

PROMPT: Phrases = {
    "en": (
        r"(?:please )?(?:subscribe|sign up|register)\b.{0,60}\b(?:news ?letters?"
        r"|(?:by|our|via|your|daily|weekly) e-?mails?|e-?mail (?:alerts|updates)|daily updates|inbox)\b",
        rf"(?:subscribe|sign up)\b.{{0,30}}\b(?:free|daily|updates|alerts){END}",
        r"(?:get|receive)\b.{0,80}\b(?:in(?:to)?|to) your inbox\b",
        r"(?:get|receive) (?:our|my|the)\b.{0,40}\bnewsletter\b",
        r"(?:want|like) (?:more|to get|to receive)\b.{0,60}\?\s*(?:sign up|subscribe)\b",
        r"(?:enter|type) your e-?mail",
        rf"already (?:a subscriber|subscribed|a member)\b.{{0,20}}\b(?:log|sign) in\b.{{0,20}}{END}",
        r"(?:get|have) .{3,60}\bdelivered (?:to|through) your (?:door|letterbox|inbox|mailbox)\b",
        rf"thank(?:s| you) for (?:signing up|subscribing|reading){END}",
    ),
    "es": (
        r"(?:suscr[íi]b(?:a|anse|ase|ete|irse|irte)|reg[íi]str(?:ate|ese|arse)|ap[úu]nt(?:ate|ese|arse))\b.{0,60}"
        r"\b(?:bolet[íi]n(?:es)?|newsletters?|correo|gratis|canal|alertas)\b",
        r"recib[ea]\b.{0,60}\b(?:bolet[íi]n(?:es)?|(?:en (?:tu|su)|por) (?:correo|e-?mail|buz[óo]n)|newsletters?)\b",
        rf"quieres? recibir\b.{{0,60}}\b(?:{_LETTER}|correo)\b",
        r"(?:introduce|introduzca|escribe|escriba|ingresa|ingrese) (?:tu|su) (?:correo|e-?mail)",
        rf"ya (?:eres|es) (?:suscriptora?|socia?o?)\b.{{0,30}}\b(?:inicia|inicie|accede|acceda|entra)\b.{{0,20}}{END}",
    ),
    "pt": (
        r"(?:inscreva-se|assine|cadastre-se|receba)\b.{0,60}"
        r"\b(?:newsletters?|boletim|boletins|(?:no|por|seu|via) e-?mail|gr[áa]tis|canal)\b",
        rf"quer receber\b.{{0,60}}\b(?:{_LETTER}|e-?mail)\b",
        r"(?:digite|insira|informe) (?:o )?seu e-?mail",
        rf"j[áa] [ée] assinante\b.{{0,20}}\b(?:entre|fa[çc]a login|acesse)\b.{{0,20}}{END}",
    ),
    "fr": (
        r"(?:abonnez-vous|inscrivez-vous|recevez)\b.{0,60}"
        r"\b(?:newsletters?|lettre|infolettre|gratuit\w*|(?:par|vos) e-?mails?|alertes|bo[îi]te (?:mail|aux lettres))\b",
        rf"(?:envie|souhaitez-vous|vous souhaitez) (?:de )?recevoir\b.{{0,60}}\b{_LETTER}\b",
        r"(?:entrez|saisissez|indiquez) votre (?:adresse )?(?:e-?mail|mail|courriel)",
        rf"d[ée]j[àa] abonn[ée]e?\b.{{0,20}}\b(?:connectez-vous|se connecter|identifiez-vous)\b.{{0,20}}{END}",
    ),
    "de": (
        r"jetzt\b.{0,40}\bnewsletter\b.{0,20}\b(?:abonnieren|anmelden|bestellen)\b",
        r"(?:abonnieren sie|abonniere|jetzt abonnieren|melden sie sich|melde dich|jetzt anmelden|bestellen sie)\b.{0,60}"
        r"\b(?:newsletters?|e-?mail|kostenlos|push|rundbrief)\b",
        rf"(?:hier|zum)\b.{{0,30}}\bnewsletter\b.{{0,20}}{END}",
        r"(?:erhalten sie|erhalte)\b.{0,60}\b(?:newsletter|ihr postfach|dein postfach|per e-?mail)\b",
        r"(?:geben sie|gib) (?:ihre|deine) e-?mail",
        rf"(?:bereits|schon) (?:abonnent(?:in)?|abonniert|kund(?:e|in))\b.{{0,20}}\b(?:anmelden|einloggen)\b.{{0,20}}{END}",
    ),
}
FOLLOW: Phrases = {
    "en": (
        r"please follow\b.{0,30}\blike us",
        rf"(?:follow|like|find|join) us(?: also)? on\W*(?:{_NETWORKS}|social|$)",
        rf"follow us{END}",
        rf"(?:follow|find) (?:\S+ ){{1,5}}on {_NETWORKS}(?: (?:at |here|too).{{0,40}})?{END}",
        rf"(?:reach|contact|email) (?:the |our )?(?:reporters?|authors?|writers?)\b.{{0,140}}(?:@|{SOCIAL}).{{0,60}}$",
        rf"(?:share|tweet|pin|e-?mail|print|save)(?: (?:this|it|on|by|via|article|post|story|{SOCIAL}))*{END}",
        rf"click to (?:share|tweet|print|e-?mail)\b.{{0,60}}{END}",
        rf"{SOCIAL}(?:\W+{SOCIAL})*{END}",
        r"(?:like|liked|enjoy|enjoyed|love) (?:this|what)\b.{0,40}[?!]\s*(?:then )?(?:please )?share\b",
    ),
    "es": (
        rf"(?:s[íi]guenos|siga-?nos|s[íi]ganos)(?:\W+\w+){{0,6}}{END}",
        rf"(?:sigue|siga) a? ?(?:\S+ ){{1,5}}en {_NETWORKS}{END}",
        rf"comp[áa]rt(?:e|ir|elo|a)(?: (?:esto|este|esta|el|la|art[íi]culo|noticia|nota|entrada|en|por|v[íi]a|{SOCIAL}))*{END}",
        r"te (?:ha )?gust(?:[óo]|ado)\b.{0,40}\?\s*¡?comp[áa]rte",
    ),
    "pt": (
        rf"siga-?(?:nos|a gente)(?:\W+\w+){{0,6}}{END}",
        rf"(?:siga|acompanhe) (?:\S+ ){{1,5}}(?:no|na|em|pelo) {_NETWORKS}{END}",
        rf"compartilh(?:e|ar)(?: (?:isso|isto|este|esta|essa?|o|a|artigo|not[íi]cia|mat[ée]ria|post|no|na|por|via|{SOCIAL}))*{END}",
        r"gostou\b.{0,40}\?\s*compartilhe",
    ),
    "fr": (
        rf"suivez[- ]nous(?:\W+\w+){{0,6}}{END}",
        rf"suivez (?:\S+ ){{1,5}}sur {_NETWORKS}{END}",
        rf"partag(?:er|ez)(?:[- ](?:ceci|cet|cette|l[’']article|article|page|sur|par|via|le|{SOCIAL}))*{END}",
        r".{0,20}\bvous (?:a|avez) (?:plu|aim[ée])\b.{0,30}\?\s*partagez",
    ),
    "de": (
        rf"(?:folgen sie|folge|folgt) uns(?:\W+\w+){{0,6}}{END}",
        rf"(?:folgen sie|folge|folgt) (?:\S+ ){{1,5}}(?:auf|bei) {_NETWORKS}{END}",
        rf"(?:diesen |den )?(?:artikel |beitrag )?(?:(?:auf|bei|per|via) {SOCIAL} )?teilen"
        rf"(?: (?:auf|bei|per|via|{SOCIAL}))*{END}",
        r"(?:hat (?:ihnen|dir)|gef[äa]llt (?:ihnen|dir))\b.{0,40}\?\s*(?:dann )?teilen? ",
    ),
}
COOKIES: Phrases = {
    "en": (
        r"(?:we|this (?:web)?site|our partners)\b.{0,40}\buses? cookies(?! (?:made|baked|with|in our kitchen))",
        r"by (?:continuing|using|browsing)\b.{0,80}\bcookies",
        rf"(?:accept|manage|reject) (?:all )?cookies{END}",
    ),
    "es": (
        r"(?:este sitio|esta (?:web|p[áa]gina)|utilizamos|usamos)\b.{0,60}\bcookies",
        r"al (?:continuar|seguir|navegar|usar)\b.{0,80}\bcookies",
        rf"(?:aceptar|rechazar|configurar) (?:todas )?(?:las )?cookies{END}",
    ),
    "pt": (
        r"(?:este site|esse site|este portal|utilizamos|usamos|n[óo]s usamos)\b.{0,60}\bcookies",
        r"ao (?:continuar|navegar|usar|prosseguir)\b.{0,80}\bcookies",
        rf"(?:aceitar|rejeitar|gerenciar) (?:todos )?(?:os )?cookies{END}",
    ),
    "fr": (
        r"(?:nous utilisons|ce site utilise|notre site utilise)\b.{0,60}\bcookies",
        r"en (?:poursuivant|continuant|naviguant)\b.{0,80}\bcookies",
        rf"(?:accepter|refuser|g[ée]rer|param[ée]trer) (?:tous )?(?:les )?cookies{END}",
    ),
    "de": (
        r"(?:wir (?:verwenden|nutzen)|diese (?:webseite|website|seite) (?:verwendet|nutzt))\b.{0,60}\bcookies",
        r"(?:durch die (?:weitere )?nutzung|wenn sie weiter)\b.{0,80}\bcookies",
        rf"(?:alle )?cookies (?:akzeptieren|ablehnen|verwalten){END}",
    ),
}
MORE: Phrases = {
    "en": (
        r"(?:continue reading|click here|read the full (?:story|article)|more from|see also|also read|also on)\b.{0,120}$",
        r"(?:read more|keep reading)(?:\W*$|\s*[:|→»–—-].{0,120}$| (?:about|at|below|from|here|on)\b.{0,120}$)",
        rf"(?:advertisement|advertising|sponsored content|story continues below.{{0,30}}){END}",
        r"(?:related|recommended|more|watch|listen|don[’']t miss|see more|read next)"
        r"(?: (?:article|post|story|stories|reading|coverage|video))?\s*:(?! https?:\S+$).{0,140}$",
        r"(?:more|follow|for more|see|read)\b.{0,90}\bhttps?://\S+.{0,80}$",
    ),
    "es": (
        r"(?:leer? m[áa]s|sigue leyendo|(?:lea|lee|leer|ver|vea|mira) tambi[ée]n|m[áa]s informaci[óo]n aqu[íi])\b.{0,120}$",
        rf"(?:publicidad|anuncio|contenido patrocinado){END}",
        r"(?:relacionad[oa]s?|(?:tambi[ée]n )?te (?:puede|podr[íi]a) interesar|no te pierdas|m[áa]s sobre esto)\s*:.{0,140}$",
    ),
    "pt": (
        r"(?:leia (?:mais|tamb[ée]m)|veja (?:mais|tamb[ée]m)|saiba mais|continue lendo|clique aqui)\b.{0,120}$",
        rf"(?:publicidade|propaganda|continua (?:depois|ap[óo]s) a? ?(?:da )?publicidade|conte[úu]do patrocinado){END}",
        r"(?:relacionad[oa]s?|voc[êe] (?:tamb[ée]m )?pode gostar|n[ãa]o perca)\s*:.{0,140}$",
    ),
    "fr": (
        r"(?:(?:à |a )?(?:lire|voir) (?:la suite|aussi|[ée]galement)|en savoir plus|cliquez ici|lisez aussi)\b.{0,120}$",
        rf"(?:publicit[ée]|annonce|contenu sponsoris[ée]|la suite (?:apr[èe]s|de l[’']article).{{0,30}}){END}",
        r"(?:sur le m[êe]me (?:sujet|th[èe]me)|articles? li[ée]s?|[àa] ne pas manquer)\s*:.{0,140}$",
    ),
    "de": (
        r"(?:weiterlesen|lesen sie (?:auch|hier|mehr)|lies auch|mehr zum thema|hier klicken|siehe auch|mehr dazu)\b.{0,120}$",
        rf"(?:anzeige|werbung|artikel (?:wird|geht) .{{0,20}}weiter.{{0,20}}){END}",
        r"(?:auch interessant|passend dazu|verwandte artikel|mehr (?:lesen|erfahren))\s*:.{0,140}$",
    ),
}
COMMENTS: Phrases = {
    "en": (
        rf"(?:leave a (?:reply|comment)|\d+ comments?|comments? (?:are )?(?:closed|off)|view comments|join the conversation){END}",
        r"(?:what do you think|have your say|do you agree)\b.{0,40}[?.!]\s*(?:let us know|tell us|share|leave|comment)\b",
        r"(?:let us know|tell us|share your thoughts|sound off|leave your thoughts)\b.{0,60}\bcomments?\b.{0,30}$",
        rf"tell us what you think\b.{{0,20}}{END}",
    ),
    "es": (
        rf"(?:deja|d[ée]janos|escribe|a[ñn]ade) (?:un|tu) comentario\w*{END}",
        rf"(?:\d+ comentarios?|[úu]nete a la conversaci[óo]n|comentarios cerrados){END}",
        r"qu[ée] (?:opinas|piensas|te parece)\b.{0,40}\?\s*(?:cu[ée]ntanos|d[ée]janos|comenta|comparte|escr[íi]be)",
        r"(?:cu[ée]ntanos|d[ée]janos|dinos)\b.{0,60}\bcomentarios?\b.{0,30}$",
    ),
    "pt": (
        rf"(?:deixe|escreva|adicione) (?:um|o seu|seu) coment[áa]rio{END}",
        rf"(?:\d+ coment[áa]rios?|comente(?: abaixo| aqui)?|participe da conversa){END}",
        r"o que (?:voc[êe] )?(?:acha|achou|pensa)\b.{0,40}\?\s*(?:conte|deixe|comente|diga)",
        r"(?:conte|deixe|diga|compartilhe)\b.{0,60}\bnos coment[áa]rios\b.{0,30}$",
    ),
    "fr": (
        rf"(?:laisse[rz]|[ée]cri(?:re|vez)|ajoute[rz]) (?:un|votre) commentaire{END}",
        rf"(?:\d+ commentaires?|r[ée]agissez(?: à cet article)?|commentaires? ferm[ée]s?|rejoignez la conversation){END}",
        r"qu[’']en pensez[- ]vous\b.{0,40}\?\s*(?:dites|donnez|laissez|r[ée]agissez|partagez)",
        r"(?:dites[- ]nous|donnez votre avis|partagez votre avis)\b.{0,60}\bcommentaires?\b.{0,30}$",
    ),
    "de": (
        rf"(?:schreiben sie|schreibe|hinterlassen sie|hinterlasse) (?:einen|ihren|deinen) kommentar{END}",
        rf"(?:\d+ kommentare?|kommentar (?:schreiben|hinterlassen|verfassen)|diskutieren sie mit|jetzt kommentieren){END}",
        r"(?:was meinen sie|was denken sie|was meinst du|ihre meinung)\b.{0,40}\?\s*(?:schreiben|diskutieren|sagen|teilen)",
        r"(?:schreiben sie|schreib|sagen sie)\b.{0,60}\bkommentare(?:n)?\b.{0,30}$",
    ),
}
RELATED: Phrases = {
    "en": (
        rf"(?:related|recommended|similar|popular|more)(?: (?:posts?|articles?|stories|news|reading|content|topics))+{END}",
        r"(?:you (?:may|might) (?:also )?(?:like|enjoy)|you may also be interested|don[’']?t miss|most (?:read|popular)"
        rf"|trending(?: now)?|what to read next|read next|editors?[’']s? picks?){END}",
        rf"(?:also read|read also|popular on .{{2,30}}){END}",
    ),
    "es": (
        rf"(?:art[íi]culos|noticias|entradas|notas|contenidos?) (?:relacionad[oa]s?|recomendad[oa]s?|similares){END}",
        rf"(?:lo )?m[áa]s (?:le[íi]d[oa]s?|visto){END}",
        rf"(?:lea|lee) tambi[ée]n{END}",
        rf"(?:tambi[ée]n )?te (?:puede|podr[íi]a) interesar{END}",
    ),
    "pt": (
        rf"(?:artigos|not[íi]cias|posts|mat[ée]rias|conte[úu]dos?) (?:relacionad[oa]s?|recomendad[oa]s?){END}",
        rf"(?:voc[êe] (?:tamb[ée]m )?pode (?:gostar|se interessar)|(?:as )?mais lidas|veja tamb[ée]m|leia tamb[ée]m){END}",
    ),
    "fr": (
        rf"(?:articles|sujets|contenus|actualit[ée]s) (?:similaires|li[ée]s|connexes|associ[ée]s|recommand[ée]s){END}",
        r"(?:[àa] lire aussi|sur le m[êe]me (?:sujet|th[èe]me)|vous (?:aimerez|pourriez) aussi.{0,12}"
        rf"|les plus lus|[àa] ne pas manquer){END}",
    ),
    "de": (
        rf"(?:[äa]hnliche|verwandte|weitere|empfohlene|meistgelesene) (?:artikel|beitr[äa]ge|themen|meldungen){END}",
        rf"(?:das k[öo]nnte (?:sie|dich) auch interessieren|mehr zum thema|auch interessant|meistgelesen|lesen sie auch){END}",
    ),
}
AUTHOR_BOX: Phrases = {
    "en": (rf"(?:about the (?:author|writer)s?|author bio(?:graphy)?|written by){END}",),
    "es": (rf"(?:sobre (?:el autor|la autora)|acerca (?:del autor|de la autora)){END}",),
    "pt": (rf"(?:sobre (?:o autor|a autora|os autores)|quem escreve){END}",),
    "fr": (rf"(?:[àa] propos de l[’']auteure?|l[’']auteure?|[àa] propos de l[’']autrice){END}",),
    "de": (rf"(?:[üu]ber (?:den autor|die autorin|die autoren)|zum autor|zur autorin){END}",),
}
COPYRIGHT: Phrases = {
    "en": (
        r"(?:copyright\W{1,4}|©|ⓒ|\(c\))\s*(?:©|\(c\))?\s*(?:19|20)\d\d\b.{0,160}$",
        rf".{{0,120}}\ball rights reserved{END}",
    ),
    "es": (rf".{{0,120}}\b(?:todos los derechos reservados|prohibida su reproducci[óo]n.{{0,40}}){END}",),
    "pt": (rf".{{0,120}}\b(?:todos os direitos reservados|proibida a reprodu[çc][ãa]o.{{0,40}}){END}",),
    "fr": (rf".{{0,120}}\b(?:tous droits r[ée]serv[ée]s|reproduction interdite.{{0,40}}){END}",),
    "de": (rf".{{0,120}}\b(?:alle rechte vorbehalten|nachdruck verboten.{{0,40}}){END}",),
}
APPS: Phrases = {
    "en": (
        r"(?:click here to )?(?:download|get|install|try) our\b.{0,30}\bapps?\b.{0,60}$",
        rf"(?:click here to )?(?:download|get|install) the (?:\S+ ){{0,4}}app"
        rf"(?: (?:for|on|from|in|today|now|here)\b.{{0,50}})?{END}",
    ),
    "es": (rf"desc[áa]rga(?:te|r|la)?\b.{{0,10}}(?:nuestra|la) (?:app|aplicaci[óo]n)\b.{{0,50}}{END}",),
    "pt": (
        rf"(?:baixe|instale|descarregue) (?:o |a )?(?:nosso |nossa )?(?:app|aplicativo|aplica[çc][ãa]o)\b.{{0,50}}{END}",
    ),
    "fr": (rf"t[ée]l[ée]charge[rz] (?:notre |l[’']|l')(?:app|appli|application)\b.{{0,50}}{END}",),
    "de": (
        rf"(?:laden sie|lade|jetzt|holen sie sich)\b.{{0,20}}(?:unsere|die) .{{0,25}}app\b.{{0,40}}{END}",
        rf"(?:die |unsere ).{{0,20}}app (?:herunterladen|installieren).{{0,30}}{END}",
    ),
}
DONATE: Phrases = {
    "en": (
        rf"(?:donate|give|become a (?:member|supporter|patron))(?: (?:now|today|here|to .{{2,40}}))?{END}",
        r"(?:please )?(?:support|help (?:us|keep|fund)|fund)\b.{0,30}\b(?:our|independent) (?:journalism|reporting|work)\b.{0,80}$",
        r"(?:please )?consider (?:a donation|donating|making a donation|becoming a member|supporting us)\b.{0,100}$",
    ),
    "es": (
        rf"(?:dona|done|haz una donaci[óo]n|hazte soci[oa]|hazte suscriptora?)(?: (?:ahora|aqu[íi]|hoy|de .{{2,30}}))?{END}",
        r"(?:apoya|apoye|ay[úu]danos)\b.{0,30}\b(?:nuestro|periodismo independiente|nuestra labor)\b.{0,80}$",
    ),
    "pt": (
        rf"(?:doe|fa[çc]a uma doa[çc][ãa]o|seja (?:um )?(?:apoiador|assinante|membro))(?: (?:agora|aqui|hoje|d[oae] .{{2,30}}))?{END}",
        r"(?:apoie|ajude)\b.{0,30}\b(?:nosso|jornalismo independente|nosso trabalho)\b.{0,80}$",
    ),
    "fr": (
        rf"(?:faites? un don|faire un don|devenez (?:membre|adh[ée]rente?))(?: (?:maintenant|ici|[àa] .{{2,30}}))?{END}",
        r"(?:soutenez|aidez)(?:[- ]nous\b|.{0,30}\b(?:notre (?:journal\w*|travail|r[ée]daction)|presse ind[ée]pendante)\b).{0,80}$",
    ),
    "de": (
        rf"(?:jetzt|hier) (?:online )?spenden{END}",
        r"(?:unterst[üu]tzen sie|unterst[üu]tze|helfen sie)\b.{0,30}\b(?:uns(?:ere?n?)?|unabh[äa]ngigen journalismus)\b.{0,80}$",
        rf"(?:werden sie|werde) (?:mitglied|f[öo]rdermitglied|unterst[üu]tzer(?:in)?)(?: bei uns| im .{{2,30}})?{END}",
    ),
}
# What is filed with an article.
FILED: Phrases = {
    "en": (
        r"(?:tags?|filed under|topics|categor(?:y|ies)|posted in|keywords)\s*:.{0,140}$",
        rf"filed under\b.{{0,80}}{END}",
    ),
    "es": (
        r"(?:etiquetas?|archivado en|temas|categor[íi]as?|palabras clave)\s*:.{0,140}$",
        rf"archivado en\b.{{0,80}}{END}",
    ),
    "pt": (
        r"(?:tags?|marcadores|arquivado em|categorias?|palavras-chave)\s*:.{0,140}$",
        rf"arquivado em\b.{{0,80}}{END}",
    ),
    "fr": (
        r"(?:[ée]tiquettes?|class[ée] (?:dans|sous)|mots[- ]cl[ée]s|cat[ée]gories?)\s*:.{0,140}$",
        rf"class[ée] (?:dans|sous)\b.{{0,60}}{END}",
    ),
    "de": (
        r"(?:schlagw[öo]rter|stichw[öo]rter|abgelegt unter|kategorien|schlagworte)\s*:.{0,140}$",
        rf"abgelegt unter\b.{{0,80}}{END}",
    ),
}
READING_TIME: Phrases = {
    "en": (rf"(?:estimated )?(?:reading|read) time\b.{{0,20}}{END}", rf"\d+[- ]min(?:ute)?s? read{END}"),
    "es": (rf"tiempo (?:estimado )?de lectura\b.{{0,20}}{END}",),
    "pt": (rf"tempo (?:estimado )?de leitura\b.{{0,20}}{END}",),
    "fr": (rf"(?:temps|dur[ée]e) de lecture\b.{{0,20}}{END}",),
    "de": (rf"(?:lesezeit|lesedauer)\b.{{0,20}}{END}",),
}
# Who else had a hand in it. The names behind these words are looked at where they are used.
STAFF: Phrases = {
    "en": (
        r"(?:additional |with )?(?:reporting|writing|editing|compiled|research|graphics?|translation|translated) (?:by|from)\b",
    ),
    "es": (
        r"(?:reporte|informaci[óo]n|reportaje|edici[óo]n|editado|redacci[óo]n|traducci[óo]n|traducido|con informaci[óo]n) (?:adicional )?(?:por|de)\b",
    ),
    "pt": (
        r"(?:reportagem|edi[çc][ãa]o|editado|reda[çc][ãa]o|tradu[çc][ãa]o|traduzido|com informa[çc][õo]es) (?:adicional )?(?:por|de|da|do)\b",
    ),
    "fr": (
        r"(?:reportage|r[ée]daction|[ée]dit[ée]|r[ée]dig[ée]|traduction|traduit|avec (?:la )?contribution) (?:compl[ée]mentaire )?(?:par|de)\b",
        r"avec (?=afp|reuters|ap\b|agences)",
    ),
    "de": (
        r"(?:bericht(?:et)?|redigiert|redaktion|[üu]bersetzt|[üu]bersetzung|mit material|mitarbeit|unter mitarbeit)\s*:? (?:von|vom|der|durch)\b",
        r"mit (?=dpa|afp|reuters|agenturen)",
    ),
}
CONTRIBUTED: Phrases = {
    "en": (
        rf".{{3,160}}\bcontributed (?:reporting|to (?:this|the) (?:report|reporting|story|article|piece)|to this)\b.{{0,40}}{END}",
    ),
    "es": (
        rf".{{3,120}}\b(?:contribuy[óo]|contribuyeron|colabor[óo]|colaboraron) (?:a|en|con) (?:este|esta) (?:reporte|informe|art[íi]culo|nota|informaci[óo]n){END}",
    ),
    "pt": (
        rf".{{3,120}}\b(?:contribuiu|contribu[íi]ram|colaborou|colaboraram) (?:para|com|nesta|neste) ?(?:esta|este)? ?(?:reportagem|mat[ée]ria|artigo|texto){END}",
    ),
    "fr": (
        rf".{{3,120}}\b(?:a|ont) (?:contribu[ée]|collabor[ée]) à (?:cet|ce|cette) (?:article|reportage|enqu[êe]te){END}",
    ),
    "de": (
        rf"(?:an diesem|zu diesem) (?:artikel|bericht|text|beitrag) .{{0,20}}(?:mitgearbeitet|mitgewirkt|beigetragen|mitarbeit).{{0,80}}{END}",
        rf".{{3,120}}\b(?:hat|haben) (?:an|zu) diesem (?:artikel|bericht|text|beitrag) (?:mitgearbeitet|mitgewirkt|beigetragen){END}",
    ),
}
# Where it was taken from; a few names behind it.
SOURCE: Phrases = {
    "en": (r"sources?\s*:",),
    "es": (r"fuentes?\s*:",),
    "pt": (r"fontes?\s*:",),
    "fr": (r"sources?\s*:",),
    "de": (r"quellen?\s*:",),
}
CREDIT: Phrases = {
    "en": (
        r"\(?(?:photo(?:graph)?s?|image|picture|credit|illustration)(?: (?:by|credit|courtesy(?: of)?))?\s*[:/©]",
        r"\((?:photo|image|picture|ap photo|file photo|illustration)\b.{0,100}\)\W*$",
        r"(?:photo(?:graph)?|image|picture) (?:by|courtesy of|credit)\s+[^.]{2,60}$",
    ),
    "es": (
        r"\(?(?:fotos?|fotograf[íi]as?|imagen|im[áa]genes|cr[ée]ditos?|ilustraci[óo]n)(?: (?:de|por|cortes[íi]a))?\s*[:/©]",
        r"\((?:foto|imagen)\b.{0,100}\)\W*$",
    ),
    "pt": (
        r"\(?(?:fotos?|fotografias?|imagem|imagens|cr[ée]ditos?|ilustra[çc][ãa]o)(?: (?:de|por|divulga[çc][ãa]o))?\s*[:/©]",
        r"\((?:foto|imagem)\b.{0,100}\)\W*$",
    ),
    "fr": (
        r"\(?(?:photos?|photographies?|image|cr[ée]dits?(?: photos?)?|illustration)(?: (?:de|par|d[’']illustration))?\s*[:/©]",
        r"\((?:photo|image)\b.{0,100}\)\W*$",
    ),
    "de": (
        r"\(?(?:fotos?|bild(?:er|quelle|nachweis)?|abbildung|illustration)(?: (?:von|der))?\s*[:/©]",
        r"\((?:foto|bild|archivbild|archivfoto|symbolbild)\b.{0,100}\)\W*$",
    ),
}
# Above an article: when, and by whom.
PUBLISHED: Phrases = {
    "en": (r"(?:first |originally )?(?:published|posted|updated|last updated|modified)\b(?: (?:on|at|by|in))?\W",),
    "es": (r"(?:publicado|actualizado|[úu]ltima actualizaci[óo]n)\b\W",),
    "pt": (r"(?:publicado|atualizado|[úu]ltima atualiza[çc][ãa]o|postado)\b\W",),
    "fr": (r"(?:publi[ée]|mis à jour|modifi[ée]|derni[èe]re mise à jour)\b\W",),
    "de": (r"(?:ver[öo]ffentlicht|aktualisiert|stand|zuletzt (?:aktualisiert|ge[äa]ndert))\b\W",),
}
# "NAME is a reporter for NAME", under an article.
BIOGRAPHY: Phrases = {
    "en": (
        r"(?:is|are) (?:an?|the) (?:[\w-]+ ){0,4}(?:writer|reporter|journalist|editor|columnist|correspondent|freelancer)\b",
    ),
    "es": (r"es (?:una? )?(?:periodista|escritora?|columnista|redactora?|editora?|corresponsal)\b",),
    "pt": (r"[ée] (?:uma? )?(?:jornalista|escritora?|colunista|redatora?|rep[óo]rter|editora?|correspondente)\b",),
    "fr": (r"est (?:une? )?(?:journaliste|chroniqueu(?:r|se)|r[ée]dact(?:eur|rice)|correspondante?|[ée]crivaine?)\b",),
    "de": (r"ist (?:eine? )?(?:journalist|redakteur|kolumnist|korrespondent|reporter|autor)(?:in)?\b",),
}
# The foot that WordPress puts under every entry of a feed, in the language of the site.
FEED_FOOT: Phrases = {
    "en": (r"the post .{1,300} (?:appeared|was published) first on .{1,100}",),
    "es": (r"(?:la entrada|el art[íi]culo) .{1,300} (?:se public[óo]|aparece|apareci[óo]) primero en .{1,100}",),
    "pt": (r"o (?:post|conte[úu]do|artigo) .{1,300} (?:apareceu|aparece|foi publicado) primeiro em .{1,100}",),
    "fr": (r"(?:l[’']article|le billet) .{1,300} est apparu en premier sur .{1,100}",),
    "de": (r"der beitrag .{1,300} erschien zuerst auf .{1,100}",),
}

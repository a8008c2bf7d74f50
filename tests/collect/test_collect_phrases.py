"""What sites put around their articles, kind by kind in five languages; and what only looks like it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from digest.collect.cleaning import clean
from digest.collect.origins import leads_to_original, origin_of
from digest.collect.phrases import PROMPT

ARTICLE = [
    "The council decided on Monday to keep the night tram, which carries four hundred people home every weekend.",
    "“A city does not end at midnight,” said Mayor Inês Prado, who had asked for a vote before the summer.",
    "Shop owners on the quay, who had asked for the tram in a petition, were pleased. Drivers were less so.",
    "The council meets again in June. Until then the tram runs every half hour, and every hour on Sundays.",
    "Whoever lives on the other side of the river will go on taking the ferry, which asks for nobody's vote.",
]
CLUTTER = {
    "prompt": {
        "en": ["Sign up for our free daily newsletter and never miss a story.", "Enter your email address"],
        "es": ["Suscríbete a nuestro boletín y recibe lo mejor cada semana.", "Recibe las noticias en tu correo"],
        "pt": ["Assine a nossa newsletter e fique por dentro.", "Receba as notícias no seu e-mail"],
        "fr": ["Inscrivez-vous à notre newsletter quotidienne.", "Saisissez votre adresse e-mail"],
        "de": ["Abonnieren Sie unseren kostenlosen Newsletter.", "Geben Sie Ihre E-Mail-Adresse ein"],
    },
    "subscribers": {
        "en": ["Already a subscriber? Log in here"],
        "es": ["¿Ya eres suscriptor? Inicia sesión"],
        "pt": ["Já é assinante? Faça login"],
        "fr": ["Déjà abonné ? Connectez-vous"],
        "de": ["Bereits Abonnent? Hier anmelden"],
    },
    "share": {
        "en": ["Share this article on Facebook", "Like this story? Share it with a friend!"],
        "es": ["Comparte esta noticia", "¿Te gustó este artículo? Compártelo"],
        "pt": ["Compartilhe esta matéria no WhatsApp", "Gostou da matéria? Compartilhe!"],
        "fr": ["Partagez cet article sur Facebook", "Cet article vous a plu ? Partagez-le !"],
        "de": ["Diesen Artikel teilen", "Hat Ihnen der Artikel gefallen? Teilen Sie ihn!"],
    },
    "follow": {
        "en": ["Follow The Gull on Instagram, Facebook and YouTube.", "Follow us on Twitter"],
        "es": ["Síguenos en Facebook y Twitter", "Sigue a La Gaviota en Instagram"],
        "pt": ["Siga-nos no Instagram", "Siga A Gaivota no Twitter"],
        "fr": ["Suivez-nous sur Facebook", "Suivez La Mouette sur Instagram"],
        "de": ["Folgen Sie uns auf Facebook", "Folgen Sie der Möwe auf Instagram"],
    },
    "related": {
        "en": ["Related: The ferry is late again", "Read more: The harbour in winter", "Also on The Gull: The crane"],
        "es": ["Lee también: El ferry llega tarde otra vez", "Te puede interesar: La grúa del puerto"],
        "pt": ["Leia também: A balsa atrasa de novo", "Saiba mais: O guindaste do porto"],
        "fr": ["À lire aussi : Le bac est encore en retard", "Sur le même sujet : La grue du port"],
        "de": ["Lesen Sie auch: Die Fähre kommt wieder zu spät", "Auch interessant: Der Kran am Hafen"],
    },
    "cookies": {
        "en": [
            "We use cookies to improve your experience.",
            "By continuing to browse you agree to our use of cookies.",
        ],
        "es": ["Utilizamos cookies para mejorar tu experiencia.", "Al continuar navegando aceptas el uso de cookies."],
        "pt": ["Este site usa cookies para melhorar a sua experiência.", "Ao continuar, você aceita os cookies."],
        "fr": ["Ce site utilise des cookies.", "En poursuivant votre navigation, vous acceptez les cookies."],
        "de": ["Diese Website verwendet Cookies.", "Durch die weitere Nutzung stimmen Sie Cookies zu."],
    },
    "comments": {
        "en": ["Leave a comment", "What do you think? Let us know in the comments."],
        "es": ["Deja un comentario", "¿Qué opinas? Cuéntanos en los comentarios."],
        "pt": ["Deixe um comentário", "O que você achou? Conte nos comentários."],
        "fr": ["Laisser un commentaire", "Qu’en pensez-vous ? Dites-le-nous en commentaire."],
        "de": ["Kommentar schreiben", "Was meinen Sie? Schreiben Sie es in die Kommentare."],
    },
    "copyright": {
        "en": ["© 2026 The Gull. All rights reserved.", "Copyright 2026 The Gull"],
        "es": ["© La Gaviota. Todos los derechos reservados"],
        "pt": ["A Gaivota. Todos os direitos reservados."],
        "fr": ["La Mouette – Tous droits réservés"],
        "de": ["Die Möwe. Alle Rechte vorbehalten."],
    },
    "app": {
        "en": ["Download our app for iPhone and Android", "CLICK HERE TO GET THE GULL NEWS APP"],
        "es": ["Descarga nuestra app para Android"],
        "pt": ["Baixe o nosso aplicativo no celular"],
        "fr": ["Téléchargez notre application mobile"],
        "de": ["Laden Sie unsere kostenlose App herunter"],
    },
    "donate": {
        "en": ["Donate now", "Please support our independent journalism."],
        "es": ["Haz una donación", "Apoya nuestro periodismo."],
        "pt": ["Faça uma doação", "Apoie o nosso jornalismo."],
        "fr": ["Faites un don", "Soutenez notre journalisme."],
        "de": ["Jetzt spenden", "Unterstützen Sie unseren Journalismus."],
    },
    "staff": {
        "en": ["Reporting by Ana Reis; Editing by Jo Lund", "Jo Lund contributed to this report."],
        "es": [
            "(Reporte de Ana Reis; editado por Jo Lund)",
            "Ana Reis colaboró en este artículo.",
        ],
        "pt": ["(Reportagem de Ana Reis)", "Jo Lund colaborou com esta reportagem."],
        "fr": ["(Reportage de Ana Reis, édité par Jo Lund)", "Jo Lund a contribué à cet article."],
        "de": ["(Bericht von Ana Reis, redigiert von Jo Lund)", "An diesem Artikel hat Jo Lund mitgearbeitet."],
    },
    "source": {
        "en": ["SOURCE: News agencies"],
        "es": ["Fuente: EFE", "Con información de Reuters"],
        "pt": ["Fonte: Agência Brasil", "Com informações da Reuters"],
        "fr": ["Source : AFP", "(Avec AFP)"],
        "de": ["Quelle: dpa", "Mit Material der dpa"],
    },
    "filed": {
        "en": ["Tags: tram, harbour, council", "Filed under: City"],
        "es": ["Etiquetas: tranvía, puerto", "Archivado en: Ciudad"],
        "pt": ["Tags: bonde, porto", "Arquivado em: Cidade"],
        "fr": ["Mots-clés : tram, port", "Classé dans : Ville"],
        "de": ["Schlagwörter: Straßenbahn, Hafen", "Abgelegt unter: Stadt"],
    },
    "credit": {
        "en": ["Photo: Ana Reis / The Gull", "(Photo by Ana Reis/Getty Images)"],
        "es": ["Foto: EFE", "Crédito: Ana Reis"],
        "pt": ["Foto: Ana Reis/Agência Porto", "(Foto: Divulgação)"],
        "fr": ["Crédit photo : AFP", "Photo : Ana Reis"],
        "de": ["Foto: dpa", "Bildquelle: Ana Reis"],
    },
    "reading time": {
        "en": ["5 min read", "Reading time: 4 minutes"],
        "es": ["Tiempo de lectura: 5 minutos"],
        "pt": ["Tempo de leitura: 1 minuto"],
        "fr": ["Temps de lecture : 3 min"],
        "de": ["Lesezeit: 4 Minuten"],
    },
    "advertisement": {
        "en": ["Advertisement"],
        "es": ["Publicidad"],
        "pt": ["Continua após a publicidade"],
        "fr": ["Publicité"],
        "de": ["Anzeige"],
    },
}
LOOK_ALIKES = {
    "en": [
        "Newsletters are back, and the people who write them earn more than they did at their papers.",
        "Cookies that follow people from one site to the next will be gone in two years, the company said.",
        "Share prices fell by three per cent on Tuesday.",
        "Follow the river for two miles and you reach the old mill.",
        "Reporting by the paper showed that nobody had asked the engineers.",
        "Download the app and the city knows where you are, the privacy office warns.",
        "Copyright law protects the song for seventy years, the judge said.",
        "Sources: two people who were in the room say that the vote was close.",
        "Donate blood, the hospital asks, and bring a friend.",
        "Comments like these have cost ministers their office.",
        "Support for the tram is growing among the young.",
        "Related diseases are just as rare.",
        "Photographs of the quay show how high the water stood.",
        "Published in 1925, the novel has sold ten million copies.",
        "By Monday the water had gone.",
        "Read the law before you sign, she says.",
    ],
    "es": [
        "Los boletines por correo viven una segunda juventud, según un estudio de la universidad.",
        "Las cookies desaparecerán en dos años, anunció la empresa.",
        "Compartir el coche ahorra dinero y combustible, dice el ministerio.",
        "Sigue a la espera de una respuesta del ayuntamiento.",
        "Fuentes del gobierno confirmaron el acuerdo el martes.",
        "La publicidad engañosa costará hasta un millón de euros.",
        "Comentarios como estos han costado el cargo a varios ministros.",
        "Reportes de vecinos hablan de dos horas sin luz.",
        "Descarga eléctrica mata a un trabajador en el puerto.",
        "Apoya la huelga el sesenta por ciento de los maestros.",
        "Publicado en 1925, el libro vendió diez millones de copias.",
        "Por la tarde el agua había bajado.",
        "Fotos de la época muestran el muelle cubierto de nieve.",
    ],
    "pt": [
        "As newsletters voltaram à moda, segundo um estudo da universidade.",
        "Os cookies vão desaparecer em dois anos, anunciou a empresa.",
        "Compartilhar o carro economiza dinheiro, diz o ministério.",
        "Fontes do governo confirmaram o acordo na terça-feira.",
        "A publicidade enganosa pode custar um milhão de reais.",
        "Comentários como esses já custaram o cargo a ministros.",
        "Reportagem de capa mostrou que ninguém ouviu os engenheiros.",
        "Apoiar a greve foi a decisão da assembleia.",
        "Publicado em 1925, o livro vendeu dez milhões de exemplares.",
        "Por volta das dez a água já tinha baixado.",
        "Fotos da época mostram o cais coberto de neve.",
        "Seguir o rio por duas milhas leva ao velho moinho.",
    ],
    "fr": [
        "Les newsletters reviennent à la mode, selon une étude de l’université.",
        "Les cookies auront disparu dans deux ans, a annoncé l’entreprise.",
        "Partager sa voiture fait économiser de l’argent, dit le ministère.",
        "Suivez la rivière pendant deux kilomètres et vous verrez le moulin.",
        "Sources de conflits, les quais seront fermés aux voitures.",
        "La publicité mensongère coûtera jusqu’à un million d’euros.",
        "Les commentaires de ce genre ont coûté leur poste à des ministres.",
        "Soutenir la grève a été la décision de l’assemblée.",
        "Publié en 1925, le roman s’est vendu à dix millions d’exemplaires.",
        "Par endroits, l’eau est montée de deux mètres.",
        "Avec Paul, il a fondé le club en 1990.",
        "Photos et lettres de l’époque montrent le quai sous la neige.",
    ],
    "de": [
        "Newsletter sind wieder in Mode, sagt eine Studie der Universität.",
        "Cookies werden in zwei Jahren verschwunden sein, teilte das Unternehmen mit.",
        "Teilen spart Geld, sagt das Ministerium.",
        "Folgen Sie dem Fluss zwei Kilometer, und Sie sehen die alte Mühle.",
        "Quellen im Ministerium bestätigten die Einigung am Dienstag.",
        "Werbung für Tabak wird verboten.",
        "Kommentare wie diese haben Minister das Amt gekostet.",
        "Berichte von Nachbarn sprechen von zwei Stunden ohne Strom.",
        "Unterstützung bekommt die Linie vor allem von jungen Leuten.",
        "Veröffentlicht wurde der Roman 1925, und er verkaufte sich zehn Millionen Mal.",
        "Von Montag an fährt die Bahn wieder.",
        "Fotos aus der Zeit zeigen den Kai unter Schnee.",
        "Mit Paul gründete er 1990 den Verein.",
    ],
}
ORIGINS = {
    "en": [
        (
            "This article is republished from The Gull under a Creative Commons license. Read the original article.",
            "The Gull",
        ),
        ("This story originally appeared in The Gull.", "The Gull"),
    ],
    "es": [
        ("Este artículo fue publicado originalmente en La Gaviota.", "La Gaviota"),
        ("Esta nota apareció por primera vez en La Gaviota", "La Gaviota"),
    ],
    "pt": [
        ("Este artigo foi publicado originalmente em A Gaivota.", "A Gaivota"),
        ("Publicado originalmente na Gaivota", "Gaivota"),
    ],
    "fr": [
        ("Cet article a été initialement publié sur La Mouette.", "La Mouette"),
        ("Cet article est republié à partir de La Mouette sous licence Creative Commons.", "La Mouette"),
    ],
    "de": [
        ("Dieser Artikel erschien zuerst bei Die Möwe.", "Die Möwe"),
        ("Dieser Text ist zuerst in Die Möwe erschienen.", "Die Möwe"),
    ],
}


@pytest.mark.parametrize(
    "line", [line for kind in CLUTTER.values() for lines in kind.values() for line in lines], ids=lambda line: line
)
def test_what_a_site_says_around_an_article_goes(line: str) -> None:
    paragraphs = [*ARTICLE[:3], line, *ARTICLE[3:]]
    assert clean("\n\n".join(paragraphs)).text == "\n\n".join(ARTICLE)


@pytest.mark.parametrize("line", [line for lines in LOOK_ALIKES.values() for line in lines], ids=lambda line: line)
@pytest.mark.parametrize("place", [0, 3, 5])
def test_a_sentence_of_the_article_stays_wherever_it_stands(line: str, place: int) -> None:
    paragraphs = [*ARTICLE[:place], line, *ARTICLE[place:]]
    assert clean("\n\n".join(paragraphs)).text == "\n\n".join(paragraphs)


@pytest.mark.parametrize("kind", CLUTTER)
def test_no_language_is_left_out(kind: str) -> None:
    assert CLUTTER[kind].keys() == LOOK_ALIKES.keys() == PROMPT.keys()


@pytest.mark.parametrize(("line", "name"), [each for lines in ORIGINS.values() for each in lines])
def test_where_a_piece_first_appeared_is_told_in_five_languages(line: str, name: str) -> None:
    assert origin_of(line) == name


@pytest.mark.parametrize(
    "line",
    [
        "The novel was originally published in French, under another name, and nobody bought it.",
        "El libro fue publicado originalmente en francés y con otro nombre.",
        "O livro foi publicado originalmente em francês, com outro nome.",
        "Le roman a d’abord été publié en anglais, sous un autre nom.",
        "Der Roman erschien zuerst in englischer Sprache.",
    ],
)
def test_a_books_first_edition_is_no_origin(line: str) -> None:
    assert origin_of(line) == ""
    assert not leads_to_original(line)


@pytest.mark.parametrize(
    "byline",
    [
        *("By Ana Reis", "Por Ana Reis", "Par Ana Reis", "Von Ana Reis"),
        *("Published May 3, 2026", "Publicado el 3 de mayo de 2026", "Publié le 3 mai 2026"),
        *("Veröffentlicht am 3. Mai 2026", "Atualizado em 03/05/2026 10h30", "Sunday, 3 May 2026"),
    ],
)
def test_who_wrote_it_and_when_is_no_part_of_the_text(byline: str) -> None:
    assert clean("\n\n".join([byline, *ARTICLE])).text == "\n\n".join(ARTICLE)
    assert byline in clean("\n\n".join([*ARTICLE, byline, *ARTICLE])).text


@pytest.mark.parametrize(
    "life",
    [
        "Ana Reis is a reporter for The Gull.",
        "Ana Reis es periodista en La Gaviota.",
        "Ana Reis é jornalista da Gaivota.",
        "Ana Reis est journaliste à La Mouette.",
        "Ana Reis ist Redakteurin der Möwe.",
    ],
)
def test_the_authors_life_goes_from_the_end_alone(life: str) -> None:
    assert clean("\n\n".join([*ARTICLE, life])).text == "\n\n".join(ARTICLE)
    assert life in clean("\n\n".join([life, *ARTICLE])).text


def test_a_few_sentences_that_lead_to_a_prompt_go_from_the_beginning_and_the_end() -> None:
    prompt = "There is more where that came from. Sign up today for our free daily newsletter."
    assert clean("\n\n".join([prompt, *ARTICLE, prompt])).text == "\n\n".join(ARTICLE)
    assert prompt in clean("\n\n".join([*ARTICLE[:2], prompt, *ARTICLE[2:]])).text


def test_of_true_articles_next_to_nothing_is_lost(shared_data: Path) -> None:
    pages = json.loads((shared_data / "pages" / "ground-truth.json").read_text()).values()
    wild = json.loads((shared_data / "deks" / "wild.json").read_text())
    bodies = [[" ".join(line.split()) for line in body.split("\n")] for body in _bodies(pages, wild)]
    before, after = Counter[str](), Counter[str]()
    for body in bodies:
        before.update(" ".join(body).split())
        after.update(clean("\n\n".join(body)).text.split())
    assert after.total() > before.total() * 0.997
    assert not after - before


def _bodies(pages: object, wild: object) -> list[str]:
    return [page["articleBody"] for page in pages] + [each["body"] for each in wild]  # type: ignore[attr-defined]

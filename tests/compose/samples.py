"""One morning's issue of an invented harbour town's paper, as the stages before would hand it over."""

from datetime import UTC, datetime

from digest.domain import Image, Issue, Recipient, Story
from digest.newsletters import Newsletter, Site

PUBLIC_URL = "https://news.post.example"
SLOT = datetime(2026, 11, 23, 7, tzinfo=UTC)
SITE = Site(name="The Harbour Post", url="https://post.example", postal_address="1 Quay Street, 4000 Port Almara")
NEWSLETTER = Newsletter(
    key="daily",
    title="The Harbour Post",
    tagline="What the town will talk about today",
    schedule="0 7 * * *",
    timezone="Europe/Lisbon",
    language="en",
    sender="The Harbour Post <daily@post.example>",
    reply_to="editor@post.example",
)
READER = Recipient("mara@example.org", "Mara Quill", "41.daily.c2lnbmVk", "<daily.128.41@post.example>")


def picture(name: str, width: int = 1200, height: int = 675, alt: str = "") -> Image:
    """A picture of the paper's own."""
    return Image(f"https://post.example/images/{name}.jpg", width, height, alt)


STORIES = (
    Story(
        url="https://post.example/electric-ferry",
        headline="The first electric ferry leaves the north quay with more passengers than seats",
        summary="At ten past six the Almara I crossed to Sand Island in silence, eleven minutes faster than the boat "
        "it replaces. The harbour authority wants four more by spring, if the quay’s cables can carry them.",
        source_name="The Harbour Post",
        author="Inês Carvalho",
        image=picture("ferry", alt="The ferry Almara I at the north quay before sunrise"),
        minutes=4,
        also_in=("Tideline", "Coast Radio"),
    ),
    Story(
        url="https://post.example/auction-clock",
        headline="After ninety years the fish auction stops its clock and lets buyers bid from their boats, their "
        "kitchens and, in one case, their beds",
        summary="The brass clock above the hall ran down for the last time on Friday. From Monday the price falls on "
        "a telephone’s screen, and the auctioneer, who is 71, says she will miss the shouting.",
        source_name="The Harbour Post",
        author="Tom Ashgrove",
        section="Town",
        image=picture("clock", 900, 900, alt="The brass clock in the auction hall"),
        minutes=6,
    ),
    Story(
        url="https://post.example/night-tram",
        headline="Night trams run until two, as a trial",
        summary="Line 3 will go on after midnight on Fridays and Saturdays until the end of March. The council will "
        "count the passengers before it decides.",
        source_name="The Harbour Post",
        section="Town",
        minutes=2,
    ),
    Story(
        url="https://ribera.example/mercado",
        headline="El mercado flotante vuelve a la ría después de doce años",
        summary="Treinta barcas venderán fruta, pan y flores cada domingo. Los vecinos del muelle piden que la música "
        "termine antes de las diez.",
        source_name="La Ribera",
        author="Lucía Bermejo",
        section="Along the coast",
        image=picture("market", 1200, 800, alt="Barcas con fruta en la ría"),
        minutes=3,
    ),
    Story(
        url="https://mina.example/lighthouse",
        headline="منارة الميناء القديمة تفتح أبوابها للزوار لأول مرة",
        summary="يصعد الزوار مئة وأربعين درجة ليروا المدينة كما رآها الحراس قبل قرن، والدخول مجاني حتى نهاية الشهر.",
        source_name="الميناء",
        section="Along the coast",
        minutes=2,
    ),
    Story(
        url="https://tideline.example/seagrass",
        headline="Seagrass returns to the bay, and nobody planted it",
        summary="Divers found two hectares where there was only mud. Cleaner water since the cannery closed is the "
        "likeliest reason.",
        source_name="Tideline",
        section="Sea",
        image=picture("seagrass", 640, 360),
        minutes=5,
    ),
    Story(
        url="file:///srv/desk/choir.md",
        headline="The tide choir looks for basses who do not mind wet feet",
        summary="Rehearsals are on the slipway on Tuesdays.",
        source_name="Readers’ desk",
        section="Sea",
        minutes=1,
    ),
    Story(
        url="https://post.example/bookshop?from=mail&part=2",
        headline="A bookshop on a barge finds its third mooring this year",
        summary="It may stay until the lock is repaired.",
        source_name="The Harbour Post",
        section="Town",
        minutes=2,
        also_in=("Coast Radio",),
    ),
)


def issue(stories: tuple[Story, ...] = STORIES, newsletter: Newsletter = NEWSLETTER, **changes: object) -> Issue:
    """The morning's issue."""
    words = {
        "number": 128,
        "subject": "The first electric ferry leaves the north quay",
        "preheader": "Also: the auction stops its clock, night trams until two, and seagrass that nobody planted",
        **changes,
    }
    return Issue(newsletter=newsletter, site=SITE, slot=SLOT, stories=stories, **words)

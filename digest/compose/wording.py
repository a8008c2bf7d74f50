"""Our words in an issue, in the reader's language, with numbers as that language writes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gettext import NullTranslations

from babel.lists import format_list
from babel.numbers import format_decimal

from digest.catalogues import locale_of
from digest.compose.marks import one_line
from digest.errors import TemplateError
from digest.labels import LABELS


@dataclass(frozen=True, slots=True)
class Wording:
    """Our words in one language (a BCP 47 tag). ``own`` are a publisher's, in place of ours, whatever the language."""

    language: str
    translations: NullTranslations
    own: Mapping[str, str]

    def label(self, name: str, /, **values: str) -> str:
        """The label of that name, filled in. Raises TemplateError for a catalogue's that cannot be."""
        message = one_line(self.own.get(name) or self.translations.gettext(LABELS[name]))
        try:
            return message.format(**values)
        except (LookupError, ValueError, AttributeError) as error:
            raise TemplateError(f'label "{name}": "{message}" cannot be filled in: {error!r}') from error

    def stories(self, number: int) -> str:
        """So many stories."""
        return self._counted(self.translations.ngettext("{number} story", "{number} stories", number), number)

    def words(self, number: int) -> str:
        """So many words."""
        return self._counted(self.translations.ngettext("{number} word", "{number} words", number), number)

    def minutes(self, number: int) -> str:
        """So many minutes."""
        return self._counted(self.translations.ngettext("{number} minute", "{number} minutes", number), number)

    def reading_time(self, minutes: int) -> str:
        """How long an article takes to read."""
        read = self.translations.ngettext("{number} min read", "{number} min read", minutes)
        return self._counted(read, minutes)

    def listed(self, names: Iterable[str]) -> str:
        """Names in a row, as the language joins them. Of the shorter styles Babel has but parts, and fails."""
        return str(format_list(list(names), style="standard", locale=locale_of(self.language)))

    def number(self, number: int) -> str:
        """The number as the language writes it."""
        return str(format_decimal(number, locale=locale_of(self.language)))

    def _counted(self, words: str, number: int) -> str:
        return words.format(number=self.number(number))

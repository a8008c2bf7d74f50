"""A publisher's own templates, words and mistakes."""

import pytest

from digest.compose.marks import NAME
from digest.errors import TemplateError
from digest.templating import themes
from tests.compose.conftest import changed, rendered

BLOCKS = ("masthead", "intro", "lead", "sponsor", "stories", "briefs", "end", "footer")


@pytest.mark.parametrize("block", BLOCKS)
def test_a_publisher_replaces_one_block_and_keeps_the_rest(issue, tmp_path, theme, block):
    own = tmp_path / "issue" / theme / "issue.mjml.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        f'{{% extends "digest/issue/{theme}/issue.mjml.j2" %}}'
        f"{{% block {block} %}}<mj-section><mj-column><mj-text>{{{{ part.name() }}}}: to {{{{ recipient.name }}}}."
        "</mj-text></mj-column></mj-section>{% endblock %}"
    )
    page = rendered(issue, theme, tmp_path).html
    assert f"The Harbour Post Daily: to {NAME}." in page
    assert ("up to date" in page) == (block != "end")
    assert ("hear the gulls" in page) == (block != "lead")
    assert ("bookshop" in page) == (block != "briefs")


@pytest.mark.parametrize("block", BLOCKS)
def test_the_text_part_has_the_same_blocks(issue, tmp_path, theme, block):
    own = tmp_path / "issue" / theme / "issue.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text(f'{{% extends "digest/issue/{theme}/issue.txt.j2" %}}{{% block {block} %}}\nAhoy.\n{{% endblock %}}')
    text = rendered(issue, theme, tmp_path).text
    assert "Ahoy." in text
    assert ("hear the gulls" in text) == (block != "lead")


def test_a_publisher_replaces_single_words_with_a_catalogue(issue, tmp_path):
    own = tmp_path / "locale" / "en.po"
    own.parent.mkdir()
    own.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\n'
        'msgid "That’s all. You are up to date."\nmsgstr "Até amanhã."\n'
    )
    both = rendered(issue, templates=tmp_path)
    assert "Até amanhã." in both.html
    assert "Até amanhã." in both.text
    assert "Unsubscribe" in both.text


def test_a_publisher_has_own_words_for_ours(issue, theme):
    both = rendered(changed(issue, labels={"the_end": "Até amanhã."}), theme)
    assert "Até amanhã." in both.html
    assert "Até amanhã." in both.text


def test_a_catalogue_that_is_none_is_named(issue, tmp_path):
    own = tmp_path / "locale" / "en.po"
    own.parent.mkdir()
    own.write_text("msgid what")
    with pytest.raises(TemplateError, match=r"locale/en\.po"):
        rendered(issue, templates=tmp_path)


@pytest.mark.parametrize(
    ("template", "place", "why"),
    [
        ("<mjml>\n{{ issue.nothing }}", r"issue\.txt\.j2:2", "no attribute 'nothing'"),
        ("\n\n{% if %}", r"issue\.txt\.j2:3", "Expected an expression"),
        ("{{ ''.__class__.__mro__ }}", r"issue\.txt\.j2:1", "unsafe"),
        ("\n{{ stories.append(1) }}", r"issue\.txt\.j2:2", "append"),
        ("\n{{ 1 / 0 }}", r"issue\.txt\.j2:2", "ZeroDivisionError"),
        ("{% include '../../secret' %}", r"issue\.txt\.j2:1", "secret"),
    ],
)
def test_a_mistake_in_a_template_is_told_with_its_file_and_line(issue, tmp_path, template, place, why):
    own = tmp_path / "issue" / "broadsheet" / "issue.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text(template)
    with pytest.raises(TemplateError, match=f"{place}: .*{why}"):
        rendered(issue, templates=tmp_path)


def test_mjml_that_is_none_is_told_with_its_line(issue, tmp_path):
    own = tmp_path / "issue" / "broadsheet" / "issue.mjml.j2"
    own.parent.mkdir(parents=True)
    own.write_text("<mjml><mj-body>\n<mj-include path='/etc/passwd' /></mj-body></mjml>")
    with pytest.raises(TemplateError, match=r"issue/broadsheet/issue\.mjml\.j2: .*line 2"):
        rendered(issue, templates=tmp_path)


def test_an_unknown_theme_is_named(issue):
    with pytest.raises(TemplateError, match=r"issue/gazette/theme\.toml"):
        rendered(issue, "gazette")


def test_three_themes_come_along():
    assert themes() == ("brief", "broadsheet", "cards")

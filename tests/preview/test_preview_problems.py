"""A problem is shown with the lines that it is about, and no other file is opened for it."""

from pathlib import Path

from digest.configuring import read_config
from digest.errors import ConfigError, TemplateError
from digest.preview.problems import problem_of


def test_a_template_error_shows_the_lines_around(tmp_path: Path) -> None:
    file = tmp_path / "issue.mjml.j2"
    file.write_text("\n".join(f"line {number}" for number in range(1, 21)))
    problem = problem_of(TemplateError(f"{file}:10: 'x' is undefined"), [tmp_path])
    assert (problem.file, problem.line) == (str(file), 10)
    assert problem.excerpt == [(number, f"line {number}") for number in range(6, 15)]


def test_broken_toml_shows_the_lines_around(tmp_path: Path) -> None:
    file = tmp_path / "digest.toml"
    file.write_text("[site]\nname = The Post\n")
    try:
        read_config(file)
    except ConfigError as error:
        problem = problem_of(error, [tmp_path])
    assert problem.line == 2
    assert (2, "name = The Post") in problem.excerpt


def test_a_file_that_is_none_of_ours_is_not_opened(tmp_path: Path) -> None:
    ours = tmp_path / "templates"
    ours.mkdir()
    (tmp_path / "secret.j2").write_text("secret")
    for name in (f"{tmp_path}/secret.j2", "../secret.j2", "none.j2"):
        assert problem_of(TemplateError(f"{name}:1: why"), [ours]).excerpt == ()


def test_several_mistakes_are_several_lines() -> None:
    assert problem_of(ConfigError("digest.toml: one\ndigest.toml: two"), []).lines == [
        "digest.toml: one",
        "digest.toml: two",
    ]

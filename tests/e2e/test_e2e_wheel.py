"""The built wheel works by itself, from any directory: the templates travel in it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


def test_templates_pictures_and_migrations_travel_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for file in (
        "digest/templates/issue/broadsheet/issue.mjml.j2",
        "digest/templates/web/static/style.css",
        "digest/templates/starter/digest.toml",
        "digest/.env.example",
        "digest/store/migrations/env.py",
        "digest/demo/subscribers.csv",
        "subscribers/models.py",
    ):
        assert file in names
    assert not [name for name in names if name.startswith("tests")]


def test_an_installed_wheel_works_from_elsewhere(wheel: Path, tmp_path: Path) -> None:
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    run_it = "import digest, digest.cli; print(digest.__file__, flush=True); digest.cli.main()"

    def digest(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", run_it, *arguments],
            cwd=work,
            env={**os.environ, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(str(site))
        return done.stdout

    digest("init", "mine")
    assert (work / "mine" / ".env").stat().st_size > 0
    digest("demo", "--once", "--dir", "out")
    assert len(list((work / "out" / "mail").glob("*.eml"))) == 10

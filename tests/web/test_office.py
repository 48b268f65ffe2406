"""Where a lender is told to go, the page says where that is and when it is open, or how to learn it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.app import create_app
from backend.ground.common.settings import Settings
from backend.ground.http.language import LANGUAGES
from backend.web.catalogue import speaker
from backend.web.pages import WEB, office
from tests.databases import url_for


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_office_is_named_as_far_as_the_settings_do(language: str) -> None:
    t = speaker(language)
    both = office(Settings(office_address="甲路 1 号", office_hours="9:00-17:00"), t)
    assert "甲路 1 号" in both
    assert "9:00-17:00" in both
    assert "9:00" not in office(Settings(office_address="甲路 1 号"), t)
    unset = office(Settings(), t)
    assert unset == t("common.office_unset")
    assert not re.search("[{}]", both + unset)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole service over a database of its own; its chain is not running."""
    folder = tmp_path_factory.mktemp("pages")
    made = create_app(Settings(data_dir=folder, database_url=url_for(folder / "db.sqlite3"), anvil_port=9, _env_file=None))
    yield TestClient(made, raise_server_exceptions=False)
    made.state.services[Engine].dispose()


@pytest.mark.parametrize("path", ["/", "/help", "/officials", "/institution", "/administrator"])
def test_the_footer_of_every_page_says_how_to_find_the_office(visitor: TestClient, path: str) -> None:
    page = visitor.get(path, params={"lang": "zh"})
    assert page.status_code == 200
    footer = page.text[page.text.index("<footer") :]
    assert speaker("zh")("common.office_unset") in footer


def test_every_page_and_every_place_that_sends_a_lender_to_the_office_names_it() -> None:
    base = (WEB / "templates/base.html").read_text()
    assert "{{ office }}" in base[base.index("<footer") :]
    for name, sentence in (("sign_in", "entry_words"), ("sign_in", '"booth.no_code_"'), ("identity", "other_counter_words")):
        template = (WEB / f"templates/booth/{name}.html").read_text()
        assert "{{ office }}" in template[template.index(sentence) :][:1200], sentence

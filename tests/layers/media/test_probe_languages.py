from __future__ import annotations

import pytest
from marquee.media.probe_languages import language_name, language_tag


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("eng", "en"),
        ("deu", "de"),
        ("ger", "de"),
        ("fre", "fr"),
        ("pt-BR", "pt-BR"),
        ("por-BR", "pt-BR"),
        ("zh_Hant", "zh-Hant"),
        ("haw", "haw"),
        ("und", "und"),
        (None, "und"),
        ("", "und"),
        ('en",URI="http://x', "und"),
        ("klingon!", "und"),
    ],
)
def test_container_languages_become_tags(written: str | None, tag: str) -> None:
    assert language_tag(written) == tag


def test_languages_have_names_whatever_their_region() -> None:
    assert language_name("pt-BR") == "Portuguese"
    assert language_name("nb") == "Norwegian Bokmål"
    assert language_name("haw") is None

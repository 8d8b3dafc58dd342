"""PocketSphinx's models: its own of English, and small ones made of what is known to be said. Runs in the child."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pocketsphinx

from marquee.speech.letters import phones_of

# States looked at in each hundredth of a second. The default (30,000) takes a third more time and hears no better.
_SETTINGS: dict[str, Any] = {"loglevel": "FATAL", "maxhmmpf": 2000}
# No second search through what the first one found: two thirds of the time, and two words of a hundred lost.
_FAST: dict[str, Any] = {"fwdflat": False}


def english_decoder(*, fast: bool) -> Any:
    """Listens for all of English."""
    return pocketsphinx.Decoder(**_SETTINGS, **(_FAST if fast else {}))


def decoder_of(words: Sequence[str], folder: Path) -> Any:
    """Listens for `words` in about their order, and aligns to them.

    Only their part of the dictionary is given: with the whole one each new model of the language takes seconds.
    """
    from pocketsphinx.lm import ArpaBoLM

    dictionary, model = folder / "words.dict", folder / "words.arpa"
    dictionary.write_text("\n".join(_entries(set(words))) + "\n")
    grams = ArpaBoLM(text=" ".join(words), add_start=True)
    grams.compute()
    with model.open("w") as file:
        grams.write(file)
    return pocketsphinx.Decoder(dict=str(dictionary), lm=str(model), **_SETTINGS)


def _entries(words: Collection[str]) -> list[str]:
    found: dict[str, list[str]] = {}
    with Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")).open() as file:
        for line in file:
            # Other ways to say a word are listed as `word(2)`.
            word = line.partition(" ")[0].partition("(")[0]
            if word in words:
                found.setdefault(word, []).append(line.rstrip("\n"))
    unknown = [f"{word} {phones_of(word)}" for word in words if word not in found]
    return sorted([*(line for lines in found.values() for line in lines), *unknown])

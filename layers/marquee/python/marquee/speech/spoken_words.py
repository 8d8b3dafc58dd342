"""Written words and how they are said: what is matched is what is heard, what is shown is what was written."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
_SIGNS = {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at"}
_ORDINALS = {
    **{"one": "first", "two": "second", "three": "third", "five": "fifth"},
    **{"eight": "eighth", "nine": "ninth", "twelve": "twelfth"},
}
_MOST_DIGITS = 12  # longer ones are read out digit by digit
_PIECE = re.compile(r"\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?(?![a-z0-9])|\d+|[^\W\d_]+(?:'[^\W\d_]+)*|[&%+=@]")
_CLOCK = re.compile(r"(?<=\d):(?=\d)")


def written_words(text: str) -> list[str]:
    """The words as they stand, with their punctuation; what nobody says (a dash) goes with the word before it."""
    words: list[str] = []
    held = ""  # what stands before the first word
    for token in text.split():
        if spoken(token):
            words.append(held + token)
            held = ""
        elif words:
            words[-1] += f" {token}"
        else:
            held += f"{token} "
    return words


def spoken(token: str) -> tuple[str, ...]:
    """The words that are said for a written one, in small letters: `Twenty-3%` → `twenty three percent`."""
    plain = unicodedata.normalize("NFKC", token).casefold().replace("’", "'").replace("‘", "'")
    return tuple(chain.from_iterable(map(_said, _PIECE.findall(_CLOCK.sub(" ", plain)))))


def _said(piece: str) -> list[str]:
    if piece in _SIGNS:
        return [_SIGNS[piece]]
    if not piece[0].isdecimal():
        return [piece]
    ordinal = piece[-2:] in {"st", "nd", "rd", "th"}
    whole, _, part = piece.removesuffix(piece[-2:] if ordinal else "").partition(".")
    said = _number(whole) + (["point", *_digits(part)] if part else [])
    return [*said[:-1], _as_ordinal(said[-1])] if ordinal else said


def _number(written: str) -> list[str]:
    digits = written.replace(",", "")
    if len(digits) > _MOST_DIGITS or (digits[0] == "0" and len(digits) > 1):
        return _digits(digits)
    value = int(digits)
    if len(written) == 4 and 1100 <= value <= 2099 and value % 1000 >= 10:
        return _year(value)
    return _cardinal(value)


def _digits(digits: str) -> list[str]:
    return [_ONES[int(digit)] for digit in digits]


def _year(value: int) -> list[str]:
    century, rest = divmod(value, 100)
    if rest == 0:
        return [*_cardinal(century), "hundred"]
    return [*_cardinal(century), *(["oh"] if rest < 10 else []), *_cardinal(rest)]


def _cardinal(value: int) -> list[str]:
    for scale, name in _SCALES:
        if value >= scale:
            most, rest = divmod(value, scale)
            return [*_cardinal(most), name, *(_cardinal(rest) if rest else [])]
    if value < len(_ONES):
        return [_ONES[value]]
    tens, ones = divmod(value, 10)
    return [_TENS[tens], *([_ONES[ones]] if ones else [])]


def _as_ordinal(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th"

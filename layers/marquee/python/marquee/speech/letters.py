"""How an English word that no dictionary knows is probably said: letters to phones, by rule, the longest first.

Names and made-up words only: it is enough for finding them in sound that is known to hold them.
"""

from __future__ import annotations

import unicodedata

_RULES: dict[str, str] = {
    # four and three letters
    **{"tion": "SH AH N", "sion": "ZH AH N", "ough": "AO", "augh": "AO", "eigh": "EY", "tch": "CH", "igh": "AY"},
    **{"dge": "JH", "sch": "SH", "eau": "OW", "ing": "IH NG", "ture": "CH ER", "ious": "IY AH S", "ous": "AH S"},
    # two consonants
    **{"ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "wh": "W", "gh": "G", "ck": "K", "ng": "NG", "qu": "K W"},
    **{"kn": "N", "wr": "R", "ps": "S", "rh": "R", "bb": "B", "cc": "K", "dd": "D", "ff": "F", "gg": "G", "kk": "K"},
    **{"ll": "L", "mm": "M", "nn": "N", "pp": "P", "rr": "R", "ss": "S", "tt": "T", "zz": "Z", "sc": "S K"},
    # two vowels, and vowels before r
    **{"ai": "EY", "ay": "EY", "au": "AO", "aw": "AO", "ea": "IY", "ee": "IY", "ei": "EY", "ey": "IY", "ie": "IY"},
    **{"oa": "OW", "oe": "OW", "oi": "OY", "oo": "UW", "ou": "AW", "ow": "OW", "oy": "OY", "ue": "UW", "ui": "UW"},
    **{"ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER", "yr": "ER"},
    # soft c and g
    **{"ce": "S EH", "ci": "S IH", "cy": "S IY", "ge": "JH EH", "gi": "JH IH", "gy": "JH IY"},
    # single letters
    **{"a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH"},
    **{"k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T"},
    **{"u": "AH", "v": "V", "w": "W", "x": "K S", "y": "IH", "z": "Z"},
}
_ENDINGS: dict[str, str] = {"y": "IY", "o": "OW", "a": "AH", "i": "IY", "u": "UW"}
_LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW"}
_LONGEST = max(map(len, _RULES))


def phones_of(word: str) -> str:
    """Phones of the CMU set, separated by spaces; a schwa for a word without a letter of the alphabet."""
    rest = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if "a" <= c <= "z")
    phones: list[str] = []
    while rest:
        letters, said = _next(rest, first=not phones)
        phones.append(said)
        rest = rest[len(letters) :]
    return " ".join(filter(None, phones)) or "AH"


def _next(rest: str, *, first: bool) -> tuple[str, str]:
    """The next letters and their phones."""
    if not first and rest == "e":
        return rest, ""  # silent
    if not first and rest in _ENDINGS:
        return rest, _ENDINGS[rest]
    if len(rest) == 3 and rest[0] in _LONG and rest[1] not in "aeiouwyxr" and rest[2] == "e":
        return rest[0], _LONG[rest[0]]  # the silent e makes it long
    for length in range(min(_LONGEST, len(rest)), 1, -1):
        if rest[:length] in _RULES:
            return rest[:length], _RULES[rest[:length]]
    return rest[0], _RULES[rest[0]]

"""How the text of a cue stands on the screen: two lines of 42 characters at most, broken where one takes breath."""

from __future__ import annotations

from collections.abc import Sequence

LINE_CHARACTERS = 42
LINES = 2
MOST_CHARACTERS = LINE_CHARACTERS * LINES
# Words that belong to what follows them: no line and no cue should end in one.
CLINGING = frozenset(
    {
        *("a", "an", "the", "this", "that", "my", "your", "his", "her", "its", "our", "their", "no", "not", "very"),
        *("of", "to", "in", "on", "at", "by", "for", "with", "from", "and", "or", "but", "nor", "as", "if", "than"),
        *("i", "we", "he", "she", "they", "it", "is", "are", "was", "were", "be", "been"),
    }
)
_STOPS, _BREATHS = (".", "!", "?", "…", ":"), (",", ";", "–", "—")


def fits(words: Sequence[str]) -> bool:
    """Whether the words can stand in one cue without a word being broken."""
    lines, at = 1, -1
    for word in words:
        at += 1 + len(word)
        if at > LINE_CHARACTERS:
            lines, at = lines + 1, len(word)
        if lines > LINES or len(word) > LINE_CHARACTERS:
            return False
    return True


def break_lines(words: Sequence[str]) -> str:
    """The words, which fit, in one line or two, as even as good breaks allow; a single long word is cut."""
    text = " ".join(words)
    if len(text) <= LINE_CHARACTERS:
        return text
    choices = [(_badness(words, at), at) for at in range(1, len(words)) if _both_fit(words, at)]
    if not choices:
        return f"{text[:LINE_CHARACTERS]}\n{text[LINE_CHARACTERS:]}"
    at = min(choices)[1]
    return f"{' '.join(words[:at])}\n{' '.join(words[at:])}"


def break_badness(word: str) -> float:
    """How bad it is (0..3) to end a line or cue after `word`."""
    bare = word.rstrip("\"'”’)")
    if bare.endswith(_STOPS):
        return 0.0
    if bare.endswith(_BREATHS):
        return 1.0
    return 3.0 if bare.casefold() in CLINGING else 2.0


def _both_fit(words: Sequence[str], at: int) -> bool:
    return max(len(" ".join(words[:at])), len(" ".join(words[at:]))) <= LINE_CHARACTERS


def _badness(words: Sequence[str], at: int) -> float:
    above, below = len(" ".join(words[:at])), len(" ".join(words[at:]))
    return 4 * break_badness(words[at - 1]) + abs(above - below) / 2

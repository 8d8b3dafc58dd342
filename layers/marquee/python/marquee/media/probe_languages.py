"""Languages as containers write them (ISO 639-2, or a tag already) → RFC 5646 tags, and their English names."""

from __future__ import annotations

import re

# Short tag, name, and the three-letter codes (terminological, then bibliographic) that mean it. RFC 5646 wants
# the shortest code; languages that only have a three-letter code keep it and need no line here.
_TABLE = """
af Afrikaans afr|sq Albanian sqi alb|am Amharic amh|ar Arabic ara|hy Armenian hye arm|as Assamese asm
az Azerbaijani aze|eu Basque eus baq|be Belarusian bel|bn Bengali ben|bs Bosnian bos|br Breton bre
bg Bulgarian bul|my Burmese mya bur|ca Catalan cat|zh Chinese zho chi|co Corsican cos|hr Croatian hrv
cs Czech ces cze|da Danish dan|nl Dutch nld dut|en English eng|eo Esperanto epo|et Estonian est
fo Faroese fao|fi Finnish fin|fr French fra fre|fy Frisian fry|gl Galician glg|ka Georgian kat geo
de German deu ger|el Greek ell gre|gn Guarani grn|gu Gujarati guj|ht Haitian hat|ha Hausa hau|he Hebrew heb
hi Hindi hin|hu Hungarian hun|is Icelandic isl ice|ig Igbo ibo|id Indonesian ind|ga Irish gle|it Italian ita
ja Japanese jpn|jv Javanese jav|kl Greenlandic kal|kn Kannada kan|kk Kazakh kaz|km Khmer khm
rw Kinyarwanda kin|ky Kyrgyz kir|ko Korean kor|ku Kurdish kur|lo Lao lao|la Latin lat|lv Latvian lav
ln Lingala lin|lt Lithuanian lit|lb Luxembourgish ltz|mk Macedonian mkd mac|mg Malagasy mlg|ms Malay msa may
ml Malayalam mal|mt Maltese mlt|mi Maori mri mao|mr Marathi mar|mn Mongolian mon|ne Nepali nep
no Norwegian nor|nb Norwegian_Bokmål nob|nn Norwegian_Nynorsk nno|oc Occitan oci|or Odia ori|om Oromo orm
ps Pashto pus|fa Persian fas per|pl Polish pol|pt Portuguese por|pa Punjabi pan|qu Quechua que
rm Romansh roh|ro Romanian ron rum|ru Russian rus|sm Samoan smo|gd Scottish_Gaelic gla|sr Serbian srp scc
sn Shona sna|sd Sindhi snd|si Sinhala sin|sk Slovak slk slo|sl Slovenian slv|so Somali som
st Sotho sot|es Spanish spa|su Sundanese sun|sw Swahili swa|sv Swedish swe|tl Tagalog tgl|tg Tajik tgk
ta Tamil tam|tt Tatar tat|te Telugu tel|th Thai tha|bo Tibetan bod tib|ti Tigrinya tir|tr Turkish tur
tk Turkmen tuk|uk Ukrainian ukr|ur Urdu urd|ug Uyghur uig|uz Uzbek uzb|vi Vietnamese vie|cy Welsh cym wel
wo Wolof wol|xh Xhosa xho|yi Yiddish yid|yo Yoruba yor|zu Zulu zul
"""
_ROWS = [row.split() for row in _TABLE.replace("\n", "|").split("|") if row]
_NAMES = {tag: name.replace("_", " ") for tag, name, *_ in _ROWS}
_TAGS = {code: tag for tag, _, *codes in _ROWS for code in codes}
_WELL_FORMED = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
UNDETERMINED = "und"


def language_tag(written: str | None) -> str:
    """The RFC 5646 tag for what a container says; `und` when it says nothing, or nothing that makes sense."""
    primary, _, rest = (written or "").strip().replace("_", "-").partition("-")
    tag = _TAGS.get(primary.lower(), primary.lower()) + (f"-{rest}" if rest else "")
    return tag if _WELL_FORMED.fullmatch(tag) else UNDETERMINED


def language_name(tag: str) -> str | None:
    """The English name of the tag's language, or None."""
    return _NAMES.get(tag.partition("-")[0])

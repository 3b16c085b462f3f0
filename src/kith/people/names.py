"""What counts as a name, and when two of them read alike."""

import unicodedata

from kith.people.errors import NameInvalid

MAX_LENGTH = 200
KEY_LENGTH = 400

# Letters with strokes and ligatures, which Unicode does not take apart.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def clean_name(name: str) -> str:
    """The name in composed Unicode without spaces around it.

    Raises NameInvalid when nothing is left, when it is longer than 200 characters, or when it holds
    control characters (line breaks, tabs) or halves of surrogate pairs.
    """
    text = unicodedata.normalize("NFC", name).strip()
    if not text:
        raise NameInvalid("a name needs at least one character")
    if len(text) > MAX_LENGTH:
        raise NameInvalid(f"a name has at most {MAX_LENGTH} characters, this one {len(text)}")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise NameInvalid("a name has no line breaks or control characters")
    return text


def name_key(text: str) -> str:
    """A name as it is looked for: without capitals and accents, its words parted by single spaces.

    Marks that stand above or below a letter go (Latin accents, Arabic and Hebrew vowels); those that are
    letters of their own, as in Devanagari or Thai, stay. A Hangul syllable becomes its letters, so that one
    half typed is a beginning of it.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    words = "".join(each if each.isalnum() or each in "'’" or _is_mark(each) else " " for each in letters)
    return " ".join(words.casefold().translate(_PLAIN).split())[:KEY_LENGTH]


def has_no_words(key: str) -> bool:
    """Whether a text is of a script that parts no words, so that any place in it may be a beginning."""
    return any(unicodedata.name(each, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI")) for each in key)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")

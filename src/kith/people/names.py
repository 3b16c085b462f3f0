"""What counts as a name."""

import unicodedata

from kith.people.errors import NameInvalid

MAX_LENGTH = 200


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

"""Words by which people know that it is us."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from huiyin.lib.code_words import code_word, in_english


def word_of_today(no: str, now: datetime) -> str:
    """Today's code word of a matter, in the reader's language."""
    word = code_word(settings.SECRET_KEY.encode(), no, timezone.localtime(now).date())
    return in_english(word) if (get_language() or "").startswith("en") else word

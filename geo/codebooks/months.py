"""Months by name, as newsrooms of the region and data sets write them; and Hijri ones, to tell."""

from __future__ import annotations

from typing import Final

from geo.i18n import month_name, normalise

# beside the names that the catalogues have: short ones, and the months of Egypt and the Gulf
_MORE: Final = (
    ("jan", "january", "يناير", "جانفي", "کانونی دووەم", "کانونی دوەم", "کانوونی دووهەم"),
    ("feb", "february", "فبراير", "فيفري", "شوبات"),
    ("mar", "march", "مارس", "آدار", "ئادار"),
    ("apr", "april", "أبريل", "إبريل", "ابريل", "افريل"),
    ("may", "مايو", "ماي", "مايس"),
    ("jun", "june", "يونيو", "يونية", "جوان", "حزیران", "حوزەیران"),
    ("jul", "july", "يوليو", "يولية", "جويلية", "تەمموز", "تەمووز"),
    ("aug", "august", "أغسطس", "اغسطس", "أوت"),
    ("sep", "sept", "september", "سبتمبر", "ئەیلول"),
    ("oct", "october", "أكتوبر", "اكتوبر", "تشرينی یەکەم"),
    ("nov", "november", "نوفمبر", "تشرينی دووەم"),
    ("dec", "december", "ديسمبر", "کانونی یەکەم"),
)
_HIJRI: Final = (
    *("محرم", "صفر", "ربيع الأول", "ربيع الثاني", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة"),
    *("جمادى الثانية", "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذي القعدة", "ذو الحجة"),
    *("ذي الحجة", "muharram", "safar", "rajab", "shaban", "ramadan", "shawwal", "هجري", "هـ"),
)
MONTHS: Final[dict[str, int]] = {
    normalise(name): number
    for number, names in enumerate(_MORE, start=1)
    for name in (*names, *(month_name(number, lang) for lang in ("en", "ar", "ckb")))
}
HIJRI: Final = frozenset(normalise(name) for name in _HIJRI)
# words around a date that say nothing of it: "23rd of May", «الأحد ٢٣ أيار ٢٠٢١ م»
FILLERS: Final = frozenset(
    normalise(word)
    for word in (
        *("of", "the", "st", "nd", "rd", "th", "ad", "في", "من", "م", "ی", "ميلادي", "يوم", "شهر"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        *("الأحد", "الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"),
    )
)


def month_of(name: str) -> int:
    """Return the number of a month by its normalised name; 0 for any other word.

    Two names of one month («كانون الثاني يناير») are that month.
    """
    # the genitive of Sorani: «ی ئایاری»
    for tried in (name, name.removesuffix("ي")):
        if tried in MONTHS:
            return MONTHS[tried]
    words = name.split()
    for at in range(1, len(words)):
        halves = {month_of(" ".join(words[:at])), month_of(" ".join(words[at:]))}
        if len(halves) == 1 and 0 not in halves:
            return halves.pop()
    return 0

"""Where simulated customers live: who their neighbours are, what they speak, and how far their clocks are from UTC."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """`locales` and `neighbours` with weights. `students_from`: where students' telephones are from."""

    offset_minutes: int
    locales: tuple[tuple[str, int], ...]
    neighbours: tuple[tuple[str, int], ...]
    students_from: str = "CN"


PLACES: Mapping[str, Place] = {
    "MO": Place(
        480,
        (("zh-Hant", 700), ("zh-Hans", 120), ("en", 110), ("pt", 70)),
        (("HK", 450), ("CN", 250), ("PH", 120), ("PT", 60), ("VN", 60), ("SG", 60)),
    ),
    "HK": Place(
        480,
        (("zh-Hant", 780), ("en", 150), ("zh-Hans", 70)),
        (("CN", 500), ("MO", 150), ("SG", 150), ("GB", 120), ("TW", 80)),
    ),
    "SG": Place(
        480,
        (("en", 700), ("zh-Hans", 250), ("ms", 50)),
        (("MY", 500), ("CN", 200), ("IN", 200), ("ID", 100)),
    ),
    "TW": Place(
        480,
        (("zh-Hant", 930), ("en", 70)),
        (("JP", 300), ("US", 250), ("HK", 250), ("CN", 200)),
        "VN",
    ),
    "KR": Place(540, (("ko", 950), ("en", 50)), (("US", 400), ("JP", 300), ("CN", 300))),
    "GB": Place(0, (("en", 960), ("pl", 40)), (("IE", 400), ("FR", 300), ("PL", 300))),
}

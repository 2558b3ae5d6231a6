"""A simulated day as an SVG: who came and was answered, and how long they waited, by quarter-hour.

Lines carry their names; the table behind the picture is what `huiyin simulate --json` prints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from huiyin.sim.contacts import QUARTER_S

WIDTH, HEIGHT = 960, 560
LEFT, RIGHT, TOP, GAP, BOTTOM = 56, 130, 56, 48, 40
PANEL: Final = (HEIGHT - TOP - GAP - BOTTOM) / 2
MEAN_WAIT_S: Final = 30.0  # KP1
STYLE: Final = """
svg{--ground:#f6f5f2;--ink:#1d2529;--soft:#5b676e;--line:#e4e1da;--answered:#0e6f68;--left:#b42318;
--a:#0e6f68;--b:#b7791f;--c:#5b676e;background:var(--ground);font:13px "Noto Sans CJK SC",system-ui,sans-serif}
@media (prefers-color-scheme:dark){svg{--ground:#161b1e;--ink:#e9e6df;--soft:#9aa5ab;--line:#2d353a;
--answered:#4db6ac;--left:#f0857a;--a:#4db6ac;--b:#e0b050;--c:#9aa5ab}}
text{fill:var(--ink)}.soft{fill:var(--soft)}.title{font-size:16px;font-weight:600}.grid{stroke:var(--line)}
.answered{fill:var(--answered)}.left{fill:var(--left)}.goal{stroke:var(--left);stroke-dasharray:4 4}
polyline{fill:none;stroke-width:2}.s0{stroke:var(--a)}.s1{stroke:var(--b)}.s2{stroke:var(--c)}
.t0{fill:var(--a)}.t1{fill:var(--b)}.t2{fill:var(--c)}
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """A panel: where it stands, and the largest value it shows."""

    top: float
    largest: float
    first: float
    quarters: int

    def x(self, start_s: float) -> float:
        return LEFT + (start_s - self.first) / QUARTER_S / self.quarters * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return self.top + PANEL * (1 - value / self.largest)


def drawn(title: str, days: Mapping[str, Sequence[dict[str, Any]]]) -> str:
    """The SVG of the quarter-hours of each policy; the bars are those of the first."""
    rows = next(iter(days.values()), [])
    first = min((row["start_s"] for row in rows), default=0.0)
    last = max((row["start_s"] for row in rows), default=0.0)
    quarters = int((last - first) // QUARTER_S) + 1
    came = Axis(TOP, _ceiling([row["offered"] for row in rows]), first, quarters)
    waits = [row["asa_s"] or 0.0 for day in days.values() for row in day]
    waited = Axis(TOP + PANEL + GAP, _ceiling([*waits, MEAN_WAIT_S]), first, quarters)
    parts = [
        f'<text x="{LEFT}" y="26" class="title">{escape(title)}</text>',
        *_frame(came, f"contacts a quarter-hour, under {escape(next(iter(days), ''))}"),
        *_bars(came, rows),
        *_frame(waited, "mean wait of the answered, seconds"),
        *_goal(waited),
        *_lines(waited, days),
        *_hours(waited),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title, {chr(34): "&quot;"})}"><style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _frame(axis: Axis, name: str) -> list[str]:
    parts = [f'<text x="{LEFT}" y="{axis.top - 8:.0f}" class="soft">{name}</text>']
    for share in (0.0, 0.5, 1.0):
        value = axis.largest * share
        y = axis.y(value)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" class="soft">{value:g}</text>')
    return parts


def _bars(axis: Axis, rows: Sequence[dict[str, Any]]) -> list[str]:
    width = max(1.0, (axis.x(QUARTER_S) - axis.x(0)) - 1)
    parts = []
    for row in rows:
        for name, low, high in (("answered", 0, row["answered"]), ("left", row["answered"], row["offered"])):
            tall = axis.y(low) - axis.y(high)
            if tall > 0:
                x, y = axis.x(row["start_s"]), axis.y(high)
                parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{tall:.1f}" class="{name}"/>')
    x = WIDTH - RIGHT + 10
    parts.append(f'<text x="{x}" y="{axis.y(0) - 6:.0f}" class="t0">answered</text>')
    parts.append(f'<text x="{x}" y="{axis.y(0) - 26:.0f}" style="fill:var(--left)">not answered</text>')
    return parts


def _goal(axis: Axis) -> list[str]:
    y = axis.y(MEAN_WAIT_S)
    return [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="goal"/>',
        f'<text x="{LEFT + 6}" y="{y - 6:.1f}" class="soft">{MEAN_WAIT_S:g} s</text>',
    ]


def _lines(axis: Axis, days: Mapping[str, Sequence[dict[str, Any]]]) -> list[str]:
    parts = []
    for number, (name, rows) in enumerate(days.items()):
        half = QUARTER_S / 2
        points = " ".join(
            f"{axis.x(row['start_s'] + half):.1f},{axis.y(row['asa_s']):.1f}"
            for row in rows
            if row["asa_s"] is not None
        )
        x, y = WIDTH - RIGHT + 10, axis.top + 16 + 20 * number
        parts.append(f'<polyline points="{points}" class="s{number % 3}"/>')
        parts.append(f'<text x="{x}" y="{y:.0f}" class="t{number % 3}">{escape(name)}</text>')
    return parts


def _hours(axis: Axis) -> list[str]:
    """The clock under the picture, about ten marks."""
    step = max(1, round(axis.quarters / 4 / 8))
    first = int(axis.first // 3600)
    hours = range(first, int((axis.first + axis.quarters * QUARTER_S) // 3600) + 1, step)
    y = axis.y(0) + 20
    return [
        f'<text x="{axis.x(hour * 3600):.1f}" y="{y:.0f}" text-anchor="middle" class="soft">{hour}:00</text>'
        for hour in hours
        if hour * 3600 >= axis.first
    ]


def _ceiling(values: Sequence[float]) -> float:
    """A round number above all of them."""
    largest = max([*values, 1.0])
    step = 10 ** (len(str(int(largest))) - 1)
    return float(-(-largest // step) * step)

"""Photos that nobody took: scenes with people, drawn from a seed, for looking at the pages without anybody's.

Each picture tells where its faces are and whose they are, as ratios of the picture.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

_SCALE = 2  # drawn so many times larger, then made smaller: smooth edges


@dataclass(frozen=True, slots=True)
class Somebody:
    """One who is drawn: what makes them known again."""

    name: str
    skin: Colour
    hair: Colour
    shirt: Colour
    long_hair: bool = False
    glasses: bool = False
    beard: bool = False
    size: float = 1.0


PEOPLE = (
    Somebody("Ines Marlow", (236, 188, 158), (74, 44, 28), (198, 84, 70), long_hair=True),
    Somebody("Tom Okafor", (122, 78, 54), (28, 22, 20), (62, 108, 160), beard=True),
    Somebody("Grandma Lotte", (244, 208, 184), (214, 214, 218), (146, 112, 170), glasses=True),
    Somebody("Mei Tanaka", (240, 200, 166), (24, 22, 26), (232, 178, 64), long_hair=True),
    Somebody("Karim", (196, 146, 108), (52, 38, 30), (70, 132, 96), glasses=True, beard=True),
    Somebody("Nora", (248, 212, 190), (206, 128, 58), (226, 138, 160), long_hair=True, size=0.78),
    Somebody("Ben", (238, 192, 164), (150, 104, 62), (82, 168, 188), size=0.74),
)


@dataclass(frozen=True, slots=True)
class Sitter:
    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture's file, when it was taken, and who is in it."""

    path: Path
    taken_at: datetime
    sitters: Sequence[Sitter]


_SIZES = ((1500, 1000), (1500, 1000), (1000, 1400), (1600, 900), (1200, 1200), (1500, 1000), (1100, 1500))
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((124, 178, 222), (232, 240, 240)), ((246, 176, 120), (252, 232, 196)), ((66, 72, 128), (228, 148, 138)),
    ((156, 200, 214), (244, 238, 222)), ((28, 34, 66), (88, 84, 128)),
)  # fmt: skip
_GROUNDS: tuple[Colour, ...] = (
    (126, 164, 94),
    (224, 200, 150),
    (92, 128, 92),
    (188, 190, 196),
    (150, 118, 92),
)
FIRST = datetime.fromisoformat("2024-03-02T10:15")  # by the camera's own clock


def draw_album(folder: Path, count: int, seed: int = 7) -> list[Drawn]:
    """So many pictures as JPEG files with dates; the same for the same seed."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    taken_at, album = FIRST, []
    for number in range(count):
        taken_at += timedelta(days=int(rng.integers(0, 10) ** 2 / 18), minutes=int(rng.integers(9, 200)))
        image, sitters = _scene(rng, _SIZES[int(rng.integers(len(_SIZES)))])
        path = folder / f"DSC_{number + 1:04}.jpg"
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "Kith", "Pencil 1"
        exif.get_ifd(0x8769)[0x9003] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
        image.save(path, quality=90, exif=exif)
        album.append(Drawn(path, taken_at, sitters))
    return album


def _scene(rng: np.random.Generator, size: tuple[int, int]) -> tuple[Image.Image, list[Sitter]]:
    width, height = size[0] * _SCALE, size[1] * _SCALE
    top, bottom = _SKIES[int(rng.integers(len(_SKIES)))]
    mix = np.linspace(0, 1, height)[:, None, None]
    sky = np.array(top) * (1 - mix) + np.array(bottom) * mix
    image = Image.fromarray(np.broadcast_to(sky, (height, width, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    horizon = height * float(rng.uniform(0.5, 0.68))
    sun = (width * float(rng.uniform(0.1, 0.9)), height * float(rng.uniform(0.1, 0.3)), height * 0.06)
    draw.ellipse(_round(*sun), fill=(255, 244, 214))
    _hills(draw, rng, (width, height), horizon)
    draw.rectangle((0, horizon, width, height), fill=_GROUNDS[int(rng.integers(len(_GROUNDS)))])
    image = image.filter(ImageFilter.GaussianBlur(5 * _SCALE))
    chosen = rng.choice(len(PEOPLE), size=int(rng.choice([1, 1, 1, 2, 2, 3, 4])), replace=False)
    sitters = _people(ImageDraw.Draw(image), rng, (width, height), [PEOPLE[it] for it in chosen])
    grain = rng.normal(0, 3, (size[1], size[0], 1))
    pixels = np.asarray(image.resize(size, Image.Resampling.LANCZOS)).astype(np.float64) + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), sitters


def _hills(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int], horizon: float
) -> None:
    width, _ = size
    for layer in range(3):
        shade = 150 - 32 * layer + int(rng.integers(-10, 10))
        phase, waves = float(rng.uniform(0, 6)), float(rng.uniform(1.5, 4))
        lift = horizon * (0.30 - 0.09 * layer)
        line = [
            (x, horizon - lift * (0.6 + 0.4 * math.sin(phase + waves * x / width * 3)))
            for x in range(0, width + 1, max(width // 80, 1))
        ]
        draw.polygon([(0, horizon), *line, (width, horizon)], fill=(shade - 30, shade, shade - 4))


def _people(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, size: tuple[int, int], people: Sequence[Somebody]
) -> list[Sitter]:
    width, height = size
    room = width / len(people)
    sitters: list[Sitter] = []
    for place, who in enumerate(people):
        radius = min(room * 0.24, height * 0.17) * who.size * float(rng.uniform(0.9, 1.1))
        x = room * (place + 0.5) + room * float(rng.uniform(-0.08, 0.08))
        y = height * (0.50 + 0.16 * (1 - who.size)) + height * float(rng.uniform(-0.04, 0.06))
        _person(draw, rng, who, (x, y, radius))
        box = (x - 0.95 * radius, y - 1.15 * radius, x + 0.95 * radius, y + 1.2 * radius)
        sitters.append(Sitter(who.name, _ratios(box, size)))
    return sitters


def _person(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, who: Somebody, at: tuple[float, float, float]
) -> None:
    x, y, r = at
    draw.rounded_rectangle((x - 1.7 * r, y + 1.35 * r, x + 1.7 * r, y + 40 * r), 0.9 * r, fill=who.shirt)
    draw.rectangle((x - 0.38 * r, y + 0.8 * r, x + 0.38 * r, y + 1.7 * r), fill=_darker(who.skin, 0.9))
    if who.long_hair:
        draw.rounded_rectangle((x - 1.2 * r, y - 0.9 * r, x + 1.2 * r, y + 1.7 * r), 0.9 * r, fill=who.hair)
    draw.ellipse((x - 1.08 * r, y - 1.4 * r, x + 1.08 * r, y + 0.7 * r), fill=who.hair)
    for side in (-1, 1):
        draw.ellipse(_round(x + side * 0.93 * r, y + 0.05 * r, 0.2 * r), fill=_darker(who.skin, 0.93))
    draw.ellipse((x - 0.92 * r, y - 1.08 * r, x + 0.92 * r, y + 1.18 * r), fill=who.skin)
    draw.chord((x - 0.98 * r, y - 1.32 * r, x + 0.98 * r, y + 0.42 * r), 195, 345, fill=who.hair)
    if who.beard:
        draw.chord(
            (x - 0.84 * r, y - 0.5 * r, x + 0.84 * r, y + 1.24 * r), 12, 168, fill=_darker(who.hair, 1.15)
        )
    _features(draw, who, at, smile=float(rng.uniform(0.25, 0.55)))


def _features(draw: ImageDraw.ImageDraw, who: Somebody, at: tuple[float, float, float], smile: float) -> None:
    x, y, r = at
    line = max(2, int(r * 0.05))
    for side in (-1, 1):
        eye = x + side * 0.37 * r
        draw.ellipse((eye - 0.15 * r, y - 0.22 * r, eye + 0.15 * r, y + 0.02 * r), fill=(252, 252, 250))
        draw.ellipse(_round(eye, y - 0.09 * r, 0.085 * r), fill=(46, 36, 32))
        draw.arc(
            (eye - 0.22 * r, y - 0.48 * r, eye + 0.22 * r, y - 0.14 * r),
            205,
            335,
            _darker(who.hair, 0.8),
            line,
        )
        draw.ellipse(_round(x + side * 0.52 * r, y + 0.36 * r, 0.15 * r), fill=_blush(who.skin))
        if who.glasses:
            draw.ellipse(_round(eye, y - 0.09 * r, 0.27 * r), outline=(40, 40, 46), width=line)
    if who.glasses:
        draw.line((x - 0.11 * r, y - 0.1 * r, x + 0.11 * r, y - 0.1 * r), (40, 40, 46), line)
    draw.arc((x - 0.11 * r, y - 0.05 * r, x + 0.13 * r, y + 0.32 * r), 20, 130, _darker(who.skin, 0.72), line)
    draw.chord(
        (x - 0.36 * r, y + 0.42 * r - smile * 0.3 * r, x + 0.36 * r, y + 0.78 * r), 8, 172, fill=(150, 52, 54)
    )
    draw.chord(
        (x - 0.29 * r, y + 0.47 * r - smile * 0.3 * r, x + 0.29 * r, y + 0.67 * r),
        8,
        172,
        fill=(255, 255, 252),
    )


def _round(x: float, y: float, r: float) -> Box:
    return x - r, y - r, x + r, y + r


def _ratios(box: Box, size: tuple[int, int]) -> Box:
    """x, y, width, height as ratios."""
    x1, y1, x2, y2 = box
    width, height = size
    left, top = max(0.0, x1 / width), max(0.0, y1 / height)
    return left, top, min(1.0, x2 / width) - left, min(1.0, y2 / height) - top


def _darker(colour: Colour, share: float) -> Colour:
    red, green, blue = (min(255, int(it * share)) for it in colour)
    return red, green, blue


def _blush(skin: Colour) -> Colour:
    red, green, blue = skin
    return min(255, red + 6), int(green * 0.88), int(blue * 0.88)

"""A word for today that only whoever may open a matter can read: whoever calls says it, so that the other side knows.

It is an HMAC of the matter's number and the day: never stored, the same on both sides, another one tomorrow. A word is
a thing everybody can pronounce and two digits; 64 × 90 of them are enough against somebody who may guess five times.
"""

import hashlib
import hmac
from datetime import date

_WORDS = (
    ("青松", "pine"), ("白云", "cloud"), ("大海", "ocean"), ("高山", "mountain"), ("明月", "moon"),
    ("太阳", "sun"), ("星星", "star"), ("春风", "breeze"), ("雪花", "snow"), ("彩虹", "rainbow"),
    ("小河", "river"), ("森林", "forest"), ("草原", "meadow"), ("沙漠", "desert"), ("荷花", "lotus"),
    ("梅花", "plum"), ("竹子", "bamboo"), ("柳树", "willow"), ("枫叶", "maple"), ("蜜蜂", "bee"),
    ("蝴蝶", "butterfly"), ("熊猫", "panda"), ("老虎", "tiger"), ("大象", "elephant"), ("白鸽", "dove"),
    ("燕子", "swallow"), ("鲸鱼", "whale"), ("海豚", "dolphin"), ("骆驼", "camel"), ("松鼠", "squirrel"),
    ("孔雀", "peacock"), ("天鹅", "swan"), ("苹果", "apple"), ("香蕉", "banana"), ("西瓜", "melon"),
    ("葡萄", "grape"), ("橙子", "orange"), ("樱桃", "cherry"), ("柠檬", "lemon"), ("核桃", "walnut"),
    ("馒头", "bread"), ("绿茶", "tea"), ("咖啡", "coffee"), ("牛奶", "milk"), ("蜂蜜", "honey"),
    ("火车", "train"), ("轮船", "ship"), ("飞机", "airplane"), ("自行车", "bicycle"), ("灯塔", "lighthouse"),
    ("风筝", "kite"), ("雨伞", "umbrella"), ("钢琴", "piano"), ("吉他", "guitar"), ("毛笔", "brush"),
    ("书包", "satchel"), ("窗户", "window"), ("长城", "wall"), ("花园", "garden"), ("石桥", "bridge"),
    ("水井", "well"), ("钥匙", "key"), ("铃铛", "bell"), ("灯笼", "lantern"),
)  # fmt: skip
_IN_ENGLISH = dict(_WORDS)


def code_word(server_key: bytes, no: str, day: date) -> str:
    """The word of a matter on a day, as `青松 47`."""
    mac = hmac.digest(server_key, b"huiyin code word v1\0" + f"{no}\0{day:%Y-%m-%d}".encode(), hashlib.sha256)
    number = int.from_bytes(mac)
    return f"{_WORDS[number % len(_WORDS)][0]} {10 + number // len(_WORDS) % 90}"


def in_english(word: str) -> str:
    """The same word for somebody who reads English: `pine 47`."""
    thing, _, digits = word.partition(" ")
    return f"{_IN_ENGLISH.get(thing, thing)} {digits}"


def is_same(word: str, heard: str) -> bool:
    """Whether this is what somebody heard: blanks, capitals and the language do not matter."""
    told = _plain(heard)
    return any(hmac.compare_digest(_plain(one).encode(), told.encode()) for one in (word, in_english(word)))


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()

"""How much of an answer's time was the shop's, for `Server-Timing`: a slow shop must not be taken for a slow centre."""

import time
from collections.abc import Callable
from typing import Any, cast

from huiyin.domain.orders.shop import Shop


class Timed:
    """A shop that adds up how long its answers took, in `seconds`."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._shop, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            begun = time.monotonic()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds += time.monotonic() - begun

        return timed

    @property
    def as_shop(self) -> Shop:
        return cast(Shop, self)

    @property
    def header(self) -> str:
        """The value of `Server-Timing`."""
        return f"shop;dur={self.seconds * 1000:.1f}"

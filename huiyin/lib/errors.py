"""The kinds of failure a caller can meet. What is none of these is a bug and is logged as one."""


class Refusal(Exception):
    """The rules say no. Carries a code and its parameters; the words live in the catalogues (`web/ui/words.py`)."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class Outside(Exception):
    """Something outside our process did not do what we asked."""


class Unavailable(Outside):
    """It did not answer, or answered with trouble of its own. Asking again later may help: jobs retry this."""


class Rejected(Outside):
    """It understood and said no. Asking again will not help: this is shown to a person."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

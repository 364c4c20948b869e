"""What can go wrong, said the way the person in front of the screen needs it.

Every error names what happened with the value that caused it, and a remedy. Messages are Vietnamese
because users read them; log lines and docstrings stay English.
"""


class HoidapError(Exception):
    """A problem the user can mend. The command line prints it and exits with 1.

    Args:
        message: What happened, with the value and the limit. Vietnamese, one sentence.
        remedy: The next step for the user. Vietnamese, one sentence.
        values: What stands in `{name}` places of the two, where they have such; another language's words for an error
            are found by `wording`, the two as they are before these are put in.

    Example:
        >>> ArticleError("Tệp nặng {size} MB.", "Hãy tách nhỏ tệp.", size=25).message
        'Tệp nặng 25 MB.'
    """

    def __init__(self, message: str, remedy: str, **values: object) -> None:
        self.message = message.format(**values) if values else message
        self.remedy = remedy.format(**values) if values else remedy
        self.wording = (message, remedy)
        self.values = values
        super().__init__(f"{self.message} {self.remedy}")


class SettingsError(HoidapError):
    """A setting is unknown or has a value out of its range."""


class ArticleError(HoidapError):
    """A file cannot become an article: missing, undecodable, empty, broken front matter."""


class QuestionError(HoidapError):
    """A question is empty or longer than the limit."""


class BusyError(HoidapError):
    """More questions wait for an answer than may."""


class ModelError(HoidapError):
    """The embedding model cannot be found, unpacked or loaded."""


class LibraryError(HoidapError):
    """The data directory cannot be used: unwritable, held by another process, made by another model."""

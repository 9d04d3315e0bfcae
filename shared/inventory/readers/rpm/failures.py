"""How the reading of an rpm database fails, and how much a database may hold."""


class BadDatabase(ValueError):
    """An rpm database that does not follow its format, or follows one that is not read."""


class Budget:
    """What the values of a database may take together: no more than the file that holds them.

    Values of a hostile file can overlap, so that a small file holds terabytes.
    """

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, size: int) -> None:
        """Count the bytes of one value before they are copied, or raise BadDatabase."""
        self._left -= size
        if self._left < 0:
            raise BadDatabase("its values are larger than the file")

"""Every error there is, for tests that hold for all."""

import importlib
import pkgutil
from collections.abc import Iterator

import kith
from kith.errors import AppError

# Alembic alone can import the first; the other needs PyTorch, which tests do without.
NOT_IMPORTED = {"kith.migrations.env", "kith.index.gpuscan"}


def every_error() -> Iterator[type[AppError]]:
    """All kinds of AppError, from all modules."""
    for module in pkgutil.walk_packages(kith.__path__, "kith."):
        if module.name not in NOT_IMPORTED and not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    waiting = [AppError]
    while waiting:
        for error in waiting.pop().__subclasses__():
            waiting.append(error)
            yield error

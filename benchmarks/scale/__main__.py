"""``python -m benchmarks.scale``: the tables of docs/SCALE.md, for other figures and prices as well."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import msgspec

from benchmarks.scale.report import report
from benchmarks.scale.workload import Prices, Workload


def main(arguments: Sequence[str]) -> int:
    """Print the tables; wrong use ends with status 2."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="of the workload")
    parser.add_argument("--price", action="append", default=[], metavar="NAME=DOLLARS", help="of the price list")
    given = parser.parse_args(arguments)
    try:
        load, prices = _changed(Workload, given.set), _changed(Prices, given.price)
    except (msgspec.ValidationError, ValueError) as error:
        parser.error(f"{error}; names: {', '.join((*Workload.__struct_fields__, *Prices.__struct_fields__))}")
    print(report(load, prices))
    return 0


def _changed[Kind: msgspec.Struct](kind: type[Kind], given: Sequence[str]) -> Kind:
    pairs = dict(one.split("=", 1) for one in given)
    if unknown := set(pairs) - set(kind.__struct_fields__):
        raise ValueError(f"there is no {', '.join(sorted(unknown))}")
    return msgspec.convert(pairs, kind, strict=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

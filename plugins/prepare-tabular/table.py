"""A CSV file as a table of text, read strictly: what cannot be read is the user's to mend, with its line."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sluice

Row = list[str | None]  # None: nothing is known


@dataclass
class Table:
    """Rows of cells; `lines` holds where each row ends in the file, for messages."""

    columns: list[str]
    rows: list[Row]
    lines: list[int]

    def index(self, column: str, param: str) -> int:
        """The position of a column that a param names."""
        if column in self.columns:
            return self.columns.index(column)
        near = difflib.get_close_matches(column, self.columns, n=1)
        known = f"did you mean '{near[0]}'?" if near else f"the columns are {_listed(self.columns)}"
        raise sluice.UserError(
            f"there is no column '{column}' in the table",
            code="table.no-column",
            hint=f"{known} (param `{param}`)",
        )

    def column(self, index: int) -> list[str | None]:
        return [row[index] for row in self.rows]

    def keep(self, wanted: Sequence[bool]) -> int:
        """Keeps the wanted rows; the number of those that went."""
        before = len(self.rows)
        self.lines = [line for line, keep in zip(self.lines, wanted, strict=True) if keep]
        self.rows = [row for row, keep in zip(self.rows, wanted, strict=True) if keep]
        return before - len(self.rows)

    def drop_columns(self, names: Sequence[str]) -> None:
        gone = {self.index(name, "drop_columns") for name in names}
        kept = [index for index in range(len(self.columns)) if index not in gone]
        self.columns = [self.columns[index] for index in kept]
        self.rows = [[row[index] for index in kept] for row in self.rows]

    def drop_duplicates(self) -> int:
        seen: set[tuple[str | None, ...]] = set()
        fresh = []
        for row in self.rows:
            fresh.append(tuple(row) not in seen)
            seen.add(tuple(row))
        return self.keep(fresh)


def read_table(path: Path, missing_values: Sequence[str]) -> Table:
    """Reads the file; cells are stripped, and those that mean nothing become None."""
    missing = {"", *(value.strip().lower() for value in missing_values)}
    lines = _records(path)
    _, header = next(lines, (0, []))
    columns = [name.strip() for name in header]
    _check_header(columns)
    table = Table(columns, [], [])
    for line, record in lines:
        if not record:
            continue
        if len(record) != len(columns):
            raise sluice.UserError(
                f"line {line} has {len(record)} fields, the header has {len(columns)}",
                code="table.ragged",
                hint="mend the line, or quote fields with commas",
            )
        cells = [cell.strip() for cell in record]
        table.rows.append([None if cell.lower() in missing else cell for cell in cells])
        table.lines.append(line)
    if not table.rows:
        raise sluice.UserError(
            "the table has a header and no rows", code="table.empty", hint="check what writes the file"
        )
    return table


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The records of the file, each with its line."""
    if not path.is_file():
        raise sluice.UserError(
            "the input `raw` is not a file", code="table.not-a-file", hint="connect it with one CSV file"
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for record in reader:
                yield reader.line_num, record
    except UnicodeDecodeError as error:
        raise sluice.UserError(
            f"the file is not UTF-8 text: byte 0x{error.object[error.start]:02x}",
            code="table.encoding",
            hint="save it as CSV in UTF-8",
        ) from None
    except csv.Error as error:
        raise sluice.UserError(
            f"line {reader.line_num} is no CSV: {error}",
            code="table.malformed",
            hint="look for a quote that is not closed, or a file of another kind",
        ) from None


def _check_header(columns: list[str]) -> None:
    if not any(columns):
        raise sluice.UserError(
            "the file is empty", code="table.empty", hint="the first line must name the columns"
        )
    for index, name in enumerate(columns):
        if not name:
            raise sluice.UserError(
                f"column {index + 1} has no name",
                code="table.header",
                hint="the first line must name the columns",
            )
        if not name.isprintable():
            raise sluice.UserError(
                f"the name of column {index + 1} has control characters",
                code="table.header",
                hint="is the file CSV text at all?",
            )
        if name in columns[:index]:
            raise sluice.UserError(
                f"two columns are named '{name}'",
                code="table.header",
                hint="give each column a name of its own",
            )


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

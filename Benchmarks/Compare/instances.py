"""Reads PSPLIB and MMLIB files for the other solvers: independent of the reader under test."""
import re
from dataclasses import dataclass


@dataclass
class Mode:
    duration: int
    renewable: list
    nonrenewable: list


@dataclass
class Project:
    modes: list
    successors: list
    renewable: list
    nonrenewable: list


def numbers(line):
    return [int(word) for word in line.split()]


def is_row(line):
    return bool(line.split()) and all(re.fullmatch(r"\d+", word) for word in line.split())


def rows_after(lines, title):
    at = next(index for index, line in enumerate(lines) if line.replace(" ", "").upper().startswith(title))
    rows = []
    for line in lines[at + 1:]:
        if is_row(line):
            rows.append(numbers(line))
        elif rows and line.strip():
            break
    return rows


def read_project(path):
    with open(path, encoding="latin-1") as file:
        lines = file.read().splitlines()
    counts = [int(re.search(r":\s*(\d+)", line).group(1)) for line in lines
              if line.strip().startswith(("- renewable", "- nonrenewable"))]
    relations = rows_after(lines, "PRECEDENCERELATIONS")
    requests = rows_after(lines, "REQUESTS/DURATIONS")
    amounts = rows_after(lines, "RESOURCEAVAILABILITIES")[0]
    renewable, nonrenewable = amounts[:counts[0]], amounts[counts[0]:]
    modes = []
    for row in requests:
        if len(row) == 3 + sum(counts):
            modes.append([])
            row = row[1:]
        mode = Mode(row[1], row[2:2 + counts[0]], row[2 + counts[0]:])
        # Published files hold modes that can never run.
        fits = all(asked <= there for asked, there in zip(mode.renewable, renewable))
        if fits and all(asked <= there for asked, there in zip(mode.nonrenewable, nonrenewable)):
            modes[-1].append(mode)
    successors = [[successor - 1 for successor in row[3:]] for row in relations]
    return Project(modes, successors, renewable, nonrenewable)

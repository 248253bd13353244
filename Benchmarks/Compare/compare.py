"""Runs the optimizer, CP-SAT and HiGHS on the same instances with the same CPU-time limits; prints one table.

CP-SAT runs with one worker. Its own limit is wall time, so a thread watches the CPU time of this process and stops the
search; reading and building the model are not counted, for nobody. Deviations are means over the instances, above
the best known makespans, a missing schedule counting 100 %; of several seeds the median is shown. HiGHS can only be
given a wall time; the CPU time that it used is shown.
"""
import argparse
import contextlib
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version

from instances import read_project

try:
    from ortools import __version__ as ortools_version
    from ortools.sat.python import cp_model
except ImportError:
    cp_model = None
try:
    import highspy
except ImportError:
    highspy = None

FAMILIES = {"J30": ("j30", "sm"), "J60": ("j60", "sm"), "J120": ("j120", "sm"), "j20": ("j20mm", "mm"),
            "MMLIB50": ("mmlib50", "mm")}


def best_known(folder):
    with open(os.path.join(folder, "bks.csv"), newline="") as file:
        return [(row["instance"], int(row["upper"])) for row in csv.DictReader(file)]


# Schedules

def schedule_model(project):
    """Intervals and cumulatives; an optional interval for each mode where there are several."""
    model = cp_model.CpModel()
    horizon = sum(max(mode.duration for mode in modes) for modes in project.modes)
    starts, ends = [], []
    held = [([], []) for _ in project.renewable]
    spent = [[] for _ in project.nonrenewable]
    for job, modes in enumerate(project.modes):
        start = model.new_int_var(0, horizon, f"s{job}")
        if len(modes) == 1:
            end = start + modes[0].duration
            choices = [(model.new_fixed_size_interval_var(start, modes[0].duration, f"i{job}"), 1)]
        else:
            end = model.new_int_var(0, horizon, f"e{job}")
            choices = []
            for number, mode in enumerate(modes):
                chosen = model.new_bool_var(f"m{job}_{number}")
                interval = model.new_optional_interval_var(start, mode.duration, end, chosen, f"i{job}_{number}")
                choices.append((interval, chosen))
            model.add_exactly_one(chosen for _, chosen in choices)
        for mode, (interval, chosen) in zip(modes, choices):
            for resource, amount in enumerate(mode.renewable):
                if amount > 0:
                    held[resource][0].append(interval)
                    held[resource][1].append(amount)
            for resource, amount in enumerate(mode.nonrenewable):
                if amount > 0:
                    spent[resource].append(amount * chosen)
        starts.append(start)
        ends.append(end)
    for job, successors in enumerate(project.successors):
        for successor in successors:
            model.add(starts[successor] >= ends[job])
    for (intervals, amounts), capacity in zip(held, project.renewable):
        if intervals:
            model.add_cumulative(intervals, amounts, capacity)
    for terms, total in zip(spent, project.nonrenewable):
        if terms:
            model.add(sum(terms) <= total)
    makespan = model.new_int_var(0, horizon, "makespan")
    model.add_max_equality(makespan, ends)
    model.minimize(makespan)
    return model


def cp_sat(model, seconds, seed):
    """The objective when the CPU time is used up, or None; and whether it is proved."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    # Only a safeguard: on a busy machine wall time runs ahead.
    solver.parameters.max_time_in_seconds = 60 + 20 * seconds
    done = threading.Event()
    started = time.process_time()

    def watch():
        while not done.wait(0.002):
            if time.process_time() - started >= seconds:
                solver.stop_search()

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = solver.solve(model)
    used = time.process_time() - started
    done.set()
    watcher.join()
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return (round(solver.objective_value) if found else None), status == cp_model.OPTIMAL, used


def ours_schedules(ours, folder, suffix, seconds, seed):
    lines = subprocess.run([ours, "each", folder, suffix, str(seconds * 1000), str(seed)], check=True, text=True,
                           capture_output=True).stdout.splitlines()
    answers = {}
    for line in lines:
        name, makespan, status = line.split()
        answers[name] = (None if makespan == "-" else int(makespan), status == "optimal")
    return answers


def deviation(makespan, best):
    return 100.0 if makespan is None else 100.0 * (makespan - best) / max(1, best)


class Tally:
    """Per solver and seed: deviations, proofs, missing schedules."""

    def __init__(self):
        self.deviations, self.proved, self.missing, self.runs = {}, 0, 0, 0

    def add(self, seed, makespan, proved, best):
        self.deviations.setdefault(seed, []).append(deviation(makespan, best))
        self.proved += proved
        self.missing += makespan is None
        self.runs += 1

    def cell(self):
        median = statistics.median(statistics.mean(values) for values in self.deviations.values())
        missing = f", {self.missing} without" if self.missing else ""
        return f"{median:.2f} % ({100 * self.proved // self.runs} % proved{missing})"


def compare_schedules(arguments, family):
    folder, suffix = FAMILIES[family]
    folder = os.path.join(arguments.folder, folder)
    known = best_known(folder)[:arguments.instances]
    models = {}
    if cp_model:
        models = {name: schedule_model(read_project(os.path.join(folder, f"{name}.{suffix}"))) for name, _ in known}
    for seconds in arguments.seconds:
        own, other = Tally(), Tally()
        for seed in range(1, arguments.seeds + 1):
            answers = ours_schedules(arguments.ours, folder, suffix, seconds, seed)
            for name, best in known:
                own.add(seed, *answers[name], best)
                if cp_model:
                    makespan, proved, _ = cp_sat(models[name], seconds, seed)
                    other.add(seed, makespan, proved, best)
        row(f"{family}, {len(known)} instances, {seconds:g} s", own.cell(), other.cell() if cp_model else "–", "–")


# Gates

def gate_parts(gate):
    """Penalties and uses by stage and profile, and the budgets: what all three are given."""
    names = list(gate["budgets"])
    penalties = [[profile.get("penalty", 0) for profile in stage["profiles"]] for stage in gate["stages"]]
    uses = [[[profile.get("use", {}).get(name, 0) for name in names] for profile in stage["profiles"]]
            for stage in gate["stages"]]
    return penalties, uses, [gate["budgets"][name] for name in names]


def gate_cp_sat(gate, seconds, seed):
    penalties, uses, budgets = gate_parts(gate)
    model = cp_model.CpModel()
    chosen = [[model.new_bool_var("") for _ in profiles] for profiles in penalties]
    for stage in chosen:
        model.add_exactly_one(stage)
    for index, budget in enumerate(budgets):
        model.add(sum(use[index] * x for stage, profiles in zip(chosen, uses) for x, use in zip(stage, profiles)) <= budget)
    model.minimize(sum(c * x for stage, costs in zip(chosen, penalties) for x, c in zip(stage, costs)))
    return cp_sat(model, seconds, seed)


@contextlib.contextmanager
def silence():
    """HiGHS prints a banner before it can be told to be silent."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def gate_highs(gate, seconds, seed):
    penalties, uses, budgets = gate_parts(gate)
    with silence():
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
    for option, value in (("threads", 1), ("parallel", "off"), ("random_seed", seed),
                          ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0), ("time_limit", float(seconds))):
        solver.setOptionValue(option, value)
    columns = 0
    rows = [([], []) for _ in budgets]
    for stage, costs in enumerate(penalties):
        for profile, cost in enumerate(costs):
            solver.addVar(0, 1)
            solver.changeColCost(columns + profile, cost)
            solver.changeColIntegrality(columns + profile, highspy.HighsVarType.kInteger)
            for row, use in zip(rows, uses[stage][profile]):
                row[0].append(columns + profile)
                row[1].append(use)
        solver.addRow(1, 1, len(costs), list(range(columns, columns + len(costs))), [1.0] * len(costs))
        columns += len(costs)
    for (indices, values), budget in zip(rows, budgets):
        solver.addRow(-highspy.kHighsInf, budget, len(indices), indices, [float(value) for value in values])
    started = time.process_time()
    solver.run()
    used = time.process_time() - started
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(solver.getInfo().objective_function_value), optimal, used


def compare_gates(arguments, size):
    stages, profiles, budgets = size
    count = min(arguments.instances or 20, 20 if stages <= 50 else 5)
    with tempfile.TemporaryDirectory() as folder:
        lines = subprocess.run([arguments.ours, "gates", folder, *map(str, size), str(count)], check=True, text=True,
                               capture_output=True).stdout.splitlines()
        own = {}
        for line in lines:
            name, value, proved, milliseconds = line.split()
            own[name] = (int(value), proved == "true", float(milliseconds) / 1000)
        solvers = {"own": lambda name, gate: own[name]}
        limit = 30 if stages <= 50 else 1
        if cp_model:
            solvers["cp"] = lambda name, gate: gate_cp_sat(gate, limit, 1)
        if highspy:
            solvers["highs"] = lambda name, gate: gate_highs(gate, limit, 1)
        results = {key: [] for key in solvers}
        for name in sorted(own):
            with open(os.path.join(folder, name)) as file:
                gate = json.load(file)
            for key, solve in solvers.items():
                results[key].append(solve(name, gate))
    best = [min(answers[index][0] for answers in results.values() if answers[index][0] is not None)
            for index in range(len(own))]
    row(f"gate {stages} × {profiles} × {budgets}, {count} instances",
        *(gate_cell(results.get(key), best) for key in ("own", "cp", "highs")))


def gate_cell(answers, best):
    if not answers:
        return "–"
    median = statistics.median(used for _, _, used in answers) * 1000
    above = statistics.mean(deviation(value, lowest) for (value, _, _), lowest in zip(answers, best))
    proved = sum(proved for _, proved, _ in answers)
    return f"{median:.1f} ms ({proved} of {len(answers)} proved, {above:.3f} % above the best)"


# The table

def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--ours", required=True)
    parser.add_argument("--seconds", default="0.1,1", type=lambda text: [float(part) for part in text.split(",")])
    parser.add_argument("--seeds", default=3, type=int)
    parser.add_argument("--only", default="J30,J60,J120,j20,MMLIB50,gate")
    parser.add_argument("--instances", type=int, help="of each family, the first ones")
    arguments = parser.parse_args()
    names = arguments.only.split(",")
    for package, module in (("ortools", cp_model), ("highspy", highspy)):
        if module is None:
            print(f"{package} is missing: its column is empty")
    cp = f"CP-SAT {ortools_version}" if cp_model else "CP-SAT (missing)"
    highs = f"HiGHS {version('highspy')}" if highspy else "HiGHS (missing)"
    print(f"CPU time, one thread each, {arguments.seeds} seeds, {time.strftime('%Y-%m-%d')}\n")
    row("", "Sluice", cp, highs)
    row("---", "---", "---", "---")
    for family in FAMILIES:
        if family in names:
            compare_schedules(arguments, family)
    if "gate" in names:
        for size in ((50, 3, 4), (500, 4, 5)):
            compare_gates(arguments, size)


main()

"""`prepare-tabular`: what it makes of good tables, and what it says of bad ones."""

from __future__ import annotations

import csv
import unittest
from pathlib import Path

from plugin_case import CANCER, PluginCase, prepared, read_json


def numbers(path: Path) -> list[list[float]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]


def table(rows: int, head: str = "x,y,label", row: str = "{i},{j},{label}") -> str:
    lines = [row.format(i=i, j=i * i % 17, label="yes" if i % 3 == 0 else "no") for i in range(rows)]
    return "\n".join([head, *lines]) + "\n"


class PrepareTests(PluginCase):
    plugin = "prepare-tabular"

    def refuse(self, text: str | bytes, code: str, words: str, **params: object) -> None:
        path = self.file("raw.csv", text)
        self.assert_error(self.run_it({"target": "label", **params}, {"raw": path}), code, words)

    def test_the_diagnostic_data_is_split_by_class_and_scaled_by_the_training_rows(self) -> None:
        attempt = prepared()
        wanted = {"rows": 569, "train_rows": 426, "test_rows": 143, "features": 30, "missing_values": 0}
        self.assertEqual({name: attempt.metrics[name] for name in wanted}, wanted)
        self.assertEqual(attempt.values["class_balance"]["test"], {"benign": 90, "malignant": 53})
        columns = list(zip(*numbers(attempt.outputs["train"] / "data.csv"), strict=True))
        for column in columns[:-1]:
            mean = sum(column) / len(column)
            self.assertAlmostEqual(mean, 0, places=9)
            self.assertAlmostEqual(sum((cell - mean) ** 2 for cell in column) / len(column), 1, places=9)
        recipe = read_json(attempt.outputs["test"] / "dataset.json")
        self.assertEqual((recipe["classes"], recipe["positive"]), (["benign", "malignant"], "malignant"))

    def test_every_row_is_in_one_part_and_raw_rows_are_in_the_order_of_the_features(self) -> None:
        outputs = prepared().outputs
        parts = {name: (outputs[name] / "raw.csv").read_text().splitlines() for name in ("train", "test")}
        self.assertEqual(
            sorted(parts["train"][1:] + parts["test"][1:]), sorted(CANCER.read_text().splitlines()[1:])
        )
        recipe = read_json(outputs["test"] / "dataset.json")
        radius = recipe["columns"][0]
        for raw, row in zip(parts["test"][1:], numbers(outputs["test"] / "data.csv"), strict=True):
            self.assertAlmostEqual(
                (float(raw.split(",")[0]) - radius["mean"]) / radius["scale"], row[0], places=9
            )

    def test_equal_seeds_give_equal_bytes_and_other_seeds_other_rows(self) -> None:
        def made(seed: int) -> bytes:
            attempt = self.succeed({"target": "diagnosis", "seed": seed}, {"raw": CANCER})
            return b"".join(
                (attempt.outputs["test"] / name).read_bytes() for name in ("data.csv", "dataset.json")
            )

        self.assertEqual(made(3), made(3))
        self.assertNotEqual(made(3), made(4))

    def test_missing_values_are_filled_with_the_training_median_and_nothing_of_the_test_rows(self) -> None:
        rows = table(60, row="{i},?,{label}").replace("?", "", 50).replace("?", "8", 10)
        attempt = self.succeed(
            {"target": "label", "drop_duplicates": False}, {"raw": self.file("raw.csv", rows)}
        )
        self.assertEqual(attempt.metrics["missing_values"], 50)
        self.assertEqual(attempt.values["missing"], {"y": 50})
        recipe = read_json(attempt.outputs["train"] / "dataset.json")
        train = [
            line.split(",") for line in (attempt.outputs["train"] / "raw.csv").read_text().splitlines()[1:]
        ]
        known = sorted(float(row[0]) for row in train)
        middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
        self.assertEqual((recipe["columns"][0]["median"], recipe["columns"][1]["median"]), (middle, 8.0))

    def test_duplicates_and_rows_without_a_target_are_dropped_and_counted(self) -> None:
        text = table(40) + "0,0,yes\n0,0,yes\n77,1,\n78,1,NA\n"
        attempt = self.succeed({"target": "label"}, {"raw": self.file("raw.csv", text)})
        self.assertEqual(attempt.values["dropped"], {"without_target": 2, "duplicates": 2})
        self.assertEqual((attempt.metrics["rows"], attempt.metrics["dropped_rows"]), (44, 4))
        self.assertEqual(attempt.metrics["train_rows"] + attempt.metrics["test_rows"], 40)

    def test_columns_of_words_become_one_feature_per_value(self) -> None:
        text = "colour,size,label\n" + "".join(
            f"{('red', 'green', '', 'blue')[i % 4]},{i},{'yes' if i % 3 else 'no'}\n" for i in range(48)
        )
        attempt = self.succeed(
            {"target": "label", "drop_duplicates": False}, {"raw": self.file("raw.csv", text)}
        )
        recipe = read_json(attempt.outputs["train"] / "dataset.json")
        self.assertEqual(recipe["features"], ["colour=blue", "colour=green", "colour=red", "size"])
        for row in numbers(attempt.outputs["test"] / "data.csv"):
            self.assertEqual(sum(row[:3]), 1)

    def test_a_byte_order_mark_crlf_and_blanks_around_cells_do_no_harm(self) -> None:
        text = "\ufeff" + table(30, row=" {i} , {j},{label} ").replace("\n", "\r\n")
        self.assertEqual(
            self.succeed({"target": "label"}, {"raw": self.file("a.csv", text)}).metrics["features"], 2
        )

    def test_a_target_that_is_not_there_names_the_nearest(self) -> None:
        attempt = self.run_it({"target": "diagnose"}, {"raw": CANCER})
        self.assert_error(attempt, "table.no-column", "'diagnose'")
        self.assertIn("'diagnosis'", attempt.terminal["hint"])

    def test_files_that_are_no_table_are_refused(self) -> None:
        cases: list[tuple[str | bytes, str, str]] = [
            ("", "table.empty", "empty"),
            ("\n\n", "table.empty", "empty"),
            ("x,y,label\n", "table.empty", "no rows"),
            (table(20) + "1,2\n", "table.ragged", "line 22 has 2 fields"),
            (table(20) + '1,"2,yes\n', "table.malformed", "no CSV"),
            (table(20).encode() + b"1,\xff\xfe,yes\n", "table.encoding", "0xff"),
            (b"\x00\x01\x02PNG" * 50, "table.header", "control characters"),
            ("x,x,label\n1,2,a\n", "table.header", "two columns"),
            ("x,,label\n1,2,a\n", "table.header", "column 2 has no name"),
        ]
        for text, code, words in cases:
            with self.subTest(words):
                self.refuse(text, code, words)
        self.assert_error(
            self.run_it({"target": "label"}, {"raw": self.folder}), "table.not-a-file", "not a file"
        )

    def test_targets_that_cannot_be_learned_are_refused(self) -> None:
        self.refuse(table(20).replace("yes", "no"), "target.one-class", "one class only: 'no'")
        self.refuse(table(20).replace("yes", "").replace("no", ""), "target.empty", "no values")
        self.refuse(table(20) + "1,2,rare\n", "target.rare-class", "'rare'")
        self.refuse(table(200, row="{i},{j},{i}"), "target.too-many-classes", "200 different values")
        self.refuse(table(20), "target.no-class", "'maybe'", positive="maybe")
        self.refuse(table(6), "split.too-small", "cannot be split", test_size=0.1)

    def test_columns_that_cannot_be_used_are_named(self) -> None:
        self.refuse(table(30, row="{i},,{label}"), "table.all-missing", "'y'")
        self.refuse(table(60, row="{i},w{i},{label}"), "table.too-many-categories", "60 different values")
        self.refuse(table(60).replace("\n7,15,", "\n7,oops,"), "table.not-a-number", "'oops' in line 9")
        self.refuse(table(60).replace("\n7,15,", "\n7,1e999,"), "table.not-a-number", "'1e999' in line 9")
        self.refuse(
            table(30, row="{i},1e308,{label}").replace("1e308", "-1e308", 9), "table.too-large", "'y'"
        )
        self.refuse("label\n" + "a\nb\n" * 9, "table.no-features", "no column", drop_duplicates=False)
        attempt = self.succeed(
            {"target": "label", "drop_columns": ["y"]},
            {"raw": self.file("raw.csv", table(30, row="{i},,{label}"))},
        )
        self.assertEqual(attempt.metrics["features"], 1)


if __name__ == "__main__":
    unittest.main()

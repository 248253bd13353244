extension FirstFiles {
    static let notebookStages = """
          inspect:
            uses: inspect-notebooks                           # the plugin in plugins/inspect-notebooks
            checks:                                           # without `severity: warn` they fail the run
              - { metric: unreadable, max: 0, severity: warn }
              - { metric: stored_errors, max: 0, severity: warn }
              - { metric: out_of_order, max: 0, severity: warn }
            estimate: 5s

        """

    static let notebookManifest = """
        # Reads the notebooks of a commit as they were stored, and executes none of them.
        name: inspect-notebooks
        version: 0.1.0
        protocol: sluice/1
        role: report
        command: [python3, -B, ./inspect_notebooks.py]
        python: {}                                          # `import sluice`; { requirements: FILE } adds packages
        sources: ["**/*.ipynb"]
        outputs:
          report: { type: report }
        metrics:
          notebooks: { direction: maximize }
          code_cells: { direction: maximize }
          unreadable: { direction: minimize }
          stored_errors: { direction: minimize }
          out_of_order: { direction: minimize }
        estimate: 5s

        """

    static let notebookPlugin = #"""
        """Counts the cells of notebooks, stored errors, and notebooks that were not run from top to bottom."""
        import json

        import sluice


        def look_at(path):
            """Code cells, stored errors, and whether the cells were executed in their order."""
            cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
            errors = sum(o.get("output_type") == "error" for c in cells for o in c.get("outputs", []))
            counts = [c["execution_count"] for c in cells if c.get("execution_count") is not None]
            return len(cells), errors, counts == sorted(counts)


        def run(ctx: sluice.Context) -> None:
            paths = sorted(ctx.workspace.rglob("*.ipynb"))
            report, cells, errors, unreadable, out_of_order = {}, 0, 0, 0, 0
            for number, path in enumerate(paths, start=1):
                ctx.check()                               # raises when the run is cancelled
                name = str(path.relative_to(ctx.workspace))
                try:
                    found, stored, is_ordered = look_at(path)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    unreadable += 1
                    report[name] = f"unreadable: {error!r}"
                    continue
                cells, errors, out_of_order = cells + found, errors + stored, out_of_order + (not is_ordered)
                report[name] = {"code_cells": found, "stored_errors": stored, "in_order": is_ordered}
                ctx.progress(number, len(paths), "notebooks")
            ctx.metric("notebooks", len(paths))
            ctx.metric("code_cells", cells)
            ctx.metric("unreadable", unreadable)
            ctx.metric("stored_errors", errors)
            ctx.metric("out_of_order", out_of_order)
            ctx.outputs["report"].path.write_text(json.dumps(report, indent=2))


        if __name__ == "__main__":
            sluice.main(run)

        """#
}

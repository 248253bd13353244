extension FirstFiles {
    static let pythonStages = """
          inspect:
            uses: inspect-python                              # the plugin in plugins/inspect-python
            checks:                                           # without `severity: warn` they fail the run
              - { metric: syntax_errors, max: 0, severity: warn }
              - { metric: unpinned_requirements, max: 0, severity: warn }
            estimate: 5s

        """

    static let pythonManifest = """
        # Reads the Python files and requirements of a commit, and runs none of them.
        name: inspect-python
        version: 0.1.0
        protocol: sluice/1
        role: report
        command: [python3, -B, ./inspect_python.py]
        python: {}                                          # `import sluice`; { requirements: FILE } adds packages
        sources: ["**/*.py", "requirements*.txt", pyproject.toml]
        outputs:
          report: { type: report }
        metrics:
          python_files: { direction: maximize }
          lines: { direction: maximize }
          syntax_errors: { direction: minimize }
          unpinned_requirements: { direction: minimize }
        estimate: 5s

        """

    static let pythonPlugin = #"""
        """Counts the Python files of a commit, those that do not parse, and requirements without a fixed version."""
        import ast
        import json
        import re

        import sluice


        def requirements(workspace):
            """The requirements that the project names, one text each."""
            for path in sorted(workspace.glob("requirements*.txt")):
                for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                    line = line.split("#")[0].strip()
                    if line and not line.startswith("-"):
                        yield line
            project = workspace / "pyproject.toml"
            if project.is_file():
                try:
                    import tomllib
                    data = tomllib.loads(project.read_text(encoding="utf-8"))
                    yield from data.get("project", {}).get("dependencies", [])
                except (ImportError, ValueError):
                    return


        def run(ctx: sluice.Context) -> None:
            files = sorted(ctx.workspace.rglob("*.py"))
            lines, broken = 0, []
            for number, path in enumerate(files, start=1):
                ctx.check()                               # raises when the run is cancelled
                source = path.read_bytes()
                lines += source.count(b"\n")
                try:
                    ast.parse(source)
                except (SyntaxError, ValueError) as error:
                    broken.append(str(path.relative_to(ctx.workspace)))
                    print(f"{broken[-1]}: {error}")
                ctx.progress(number, len(files), "files")
            unpinned = [text for text in requirements(ctx.workspace) if not re.search(r"===?|@", text)]
            for text in unpinned:
                print(f"no fixed version: {text}")
            ctx.metric("python_files", len(files))
            ctx.metric("lines", lines)
            ctx.metric("syntax_errors", len(broken))
            ctx.metric("unpinned_requirements", len(unpinned))
            report = {"syntax_errors": broken, "unpinned_requirements": unpinned}
            ctx.outputs["report"].path.write_text(json.dumps(report, indent=2))


        if __name__ == "__main__":
            sluice.main(run)

        """#
}

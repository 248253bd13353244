extension FirstFiles {
    static let lineStages = """
          prepare:
            run: tail -n +2 ${inputs.raw} >${outputs.rows}
            sources: []                                       # files of the commit that it needs besides its inputs
            inputs: { raw: data/points.csv }                  # a file of the commit
            outputs: { rows: dataset }
            estimate: 1s
          fit:
            uses: fit-line                                    # the plugin in plugins/fit-line
            with: { ridge: 0.0 }
            inputs: { rows: prepare.rows }                    # what another stage made
            checks:
              - { metric: r2, min: 0.9 }                      # below it the run fails
            estimate: 5s

        """

    static let lineManifest = """
        # Fits y = slope x + intercept to rows of `x,y`.
        name: fit-line
        version: 0.1.0
        protocol: sluice/1
        role: train
        command: [python3, -B, ./fit_line.py]
        python: {}                                          # `import sluice`; { requirements: FILE } adds packages
        params:
          type: object
          additionalProperties: false
          properties:
            ridge: { type: number, minimum: 0, default: 0, description: added to the squares of x }
        inputs:
          rows: { type: dataset }
        outputs:
          model: { type: model }
        metrics:
          r2: { direction: maximize }
        estimate: 5s

        """

    static let linePlugin = #"""
        """Fits a line by least squares and says how much of the variance it explains."""
        import json

        import sluice


        def run(ctx: sluice.Context) -> None:
            with ctx.inputs["rows"].path.open(encoding="utf-8") as file:
                rows = [tuple(map(float, line.split(","))) for line in file if line.strip()]
            if len(rows) < 2:
                raise sluice.UserError("a line needs two points", hint="look at the file that the input comes from")
            mean_x = sum(x for x, _ in rows) / len(rows)
            mean_y = sum(y for _, y in rows) / len(rows)
            squares = sum((x - mean_x) ** 2 for x, _ in rows) + ctx.params["ridge"]
            slope = sum((x - mean_x) * (y - mean_y) for x, y in rows) / squares if squares else 0.0
            intercept = mean_y - slope * mean_x
            residual = sum((y - slope * x - intercept) ** 2 for x, y in rows)
            total = sum((y - mean_y) ** 2 for _, y in rows)
            ctx.metric("r2", 1 - residual / total if total else 1.0)
            ctx.output("slope", slope)                    # for conditions and params of later stages
            model = {"slope": slope, "intercept": intercept}
            ctx.outputs["model"].path.write_text(json.dumps(model))
            print(f"y = {slope:.3f} x + {intercept:.3f} over {len(rows)} rows")   # stdout is the log


        if __name__ == "__main__":
            sluice.main(run)

        """#

    /// About y = 2 x + 1.
    static let points = """
        x,y
        0,1.2
        1,2.9
        2,5.1
        3,6.8
        4,9.3
        5,10.9
        6,13.2
        7,14.8
        8,17.1
        9,19.0

        """
}

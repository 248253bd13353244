/// The code that is the same for every pipeline. Values of the run (`params`) reach the command as arguments of their own,
/// never through a shell or a template.
extension AirflowDAG {
    static let head = """
        # Written by `sluice export airflow`, for Airflow 3 and 2.9 or later. What the stages do is in the commit, where
        # `sluice attempt stage` reads it; write this file anew when stages come, go or change what they ask for.
        from __future__ import annotations

        import hashlib
        import logging
        import os
        import subprocess
        from datetime import timedelta

        try:
            from airflow.sdk import DAG, BaseOperator, Param, Variable
        except ImportError:  # Airflow 2
            from airflow import DAG
            from airflow.models import BaseOperator, Variable
            from airflow.models.param import Param
        try:
            from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
        except ImportError:
            from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException


        """

    static let body = """

        SKIPPED = 99
        # The pipeline wants it tried again, and cancelled although the run goes on: the worker was stopped.
        TRY_AGAIN = (75, 130)


        class Stage(BaseOperator):
            process = None
            is_cancelled = False

            def execute(self, context):
                stage = STAGES[self.task_id]
                secrets = {variable: Variable.get(name) for name, variable in stage["secrets"].items()}
                self.process = subprocess.Popen(
                    command(stage, context["params"], context["run_id"]),
                    env={**os.environ, **secrets},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                    # Airflow kills the task's process group within seconds, and the stage has a grace of its own.
                    start_new_session=True,
                )
                try:
                    for line in self.process.stdout:
                        logging.getLogger("sluice").info("%s", line.rstrip())
                    status = self.process.wait()
                finally:
                    self.end(stage["grace"])
                judge(status)

            def on_kill(self):
                # The first signal cancels with the stage's grace; a second one would end it at once.
                if self.process is not None and not self.is_cancelled:
                    self.is_cancelled = True
                    self.process.terminate()

            def end(self, grace):
                self.on_kill()
                if self.ends_within(grace + 30):
                    return
                self.process.terminate()
                if not self.ends_within(30):
                    self.process.kill()
                    self.process.wait()

            def ends_within(self, seconds):
                try:
                    self.process.wait(timeout=seconds)
                    return True
                except subprocess.TimeoutExpired:
                    return False


        def command(stage, params, run_id):
            # A run's identifier may be any text, and is one of this DAG alone; its exchange is a folder with a plain name.
            run = hashlib.sha256((DAG_ID + " " + run_id).encode()).hexdigest()[:32]
            return [
                SLUICE,
                "attempt",
                *stage["arguments"],
                "--pipeline=" + PIPELINE,
                "--repository=" + params["repository"],
                "--revision=" + params["commit"],
                "--reference",
                params["reference"],
                *(["--changed-since", params["base"]] if READS_CHANGES else []),
                "--exchange=" + os.path.join(params["exchange"], run),
                "--skip-status=" + str(SKIPPED),
                *ARGUMENTS,
            ]


        def judge(status):
            if status == SKIPPED:
                raise AirflowSkipException("skipped")
            # Below zero: a signal killed it, so the attempt is lost, which every policy tries again.
            if status in TRY_AGAIN or status < 0:
                raise AirflowException("ended with status %d, and is to be tried again" % status)
            if status != 0:
                raise AirflowFailException("failed with status %d" % status)


        def growth(factor):
            # Older ones know only whether pauses double.
            knows_factors = type(getattr(BaseOperator, "retry_exponential_backoff", False)) is not bool
            return factor if knows_factors else factor > 1


        def param(value, what):
            if value is None:
                return Param(type="string", minLength=1, description=what)
            return Param(value, type="string", description=what)


        with DAG(
            dag_id=DAG_ID,
            description=DESCRIPTION,
            schedule=None,
            catchup=False,
            tags=["sluice"],
            params={
                "commit": param(COMMIT, "The commit that is run."),
                "reference": param(REFERENCE, "The branch or tag that it is run for."),
                "repository": param(REPOSITORY, "The repository on the workers."),
                "exchange": param(EXCHANGE, "A folder that all workers share."),
                **({"base": param("", "What counts as changed since this commit.")} if READS_CHANGES else {}),
            },
            **({"max_active_runs": 1} if ONE_AT_A_TIME else {}),
        ) as dag:
            tasks = {
                slug: Stage(
                    task_id=slug,
                    trigger_rule=stage["trigger_rule"],
                    pool=stage["pool"],
                    pool_slots=stage["pool_slots"],
                    priority_weight=1 + PRIORITY,
                    weight_rule="absolute" if PRIORITY else "downstream",
                    retries=stage["retries"],
                    retry_delay=timedelta(seconds=stage["retry_delay"]),
                    retry_exponential_backoff=growth(stage["factor"]),
                    max_retry_delay=timedelta(seconds=stage["max_retry_delay"]),
                    execution_timeout=timedelta(seconds=stage["deadline"]),
                )
                for slug, stage in STAGES.items()
            }
            for slug, stage in STAGES.items():
                tasks[slug].set_upstream([tasks[need] for need in stage["needs"]])
        """
}

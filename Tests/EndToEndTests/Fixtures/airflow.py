# Written by `sluice export airflow`, for Airflow 3 and 2.9 or later. What the stages do is in the commit, where
# `sluice attempt stage` reads it; write this file anew when stages come, go or change what they ask for.
from __future__ import annotations

import hashlib
import logging
import os
import subprocess
from datetime import timedelta

try:
    from airflow.sdk import DAG, Param, Variable, get_current_context
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.models import Variable
    from airflow.models.param import Param
    from airflow.operators.python import get_current_context
try:
    from airflow.providers.standard.operators.python import PythonOperator
except ImportError:
    from airflow.operators.python import PythonOperator
try:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
except ImportError:
    from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException


PIPELINE = "breast-cancer"
DESCRIPTION = "Prepare, train two families, deploy the better one when it is good enough"
COMMIT = "3595b6eb1b1bbb456123866f58e40317dac7aafa"
REFERENCE = "refs/heads/main"
REPOSITORY = "/srv/repository"
EXCHANGE = "/srv/exchange"
SLUICE = "sluice"
ARGUMENTS = ["--keep-days=30"]

STAGES = {
    "prepare": {
        "arguments": ["stage", "prepare", "--profile", "small"],
        "needs": [],
        "trigger_rule": "none_failed",
        "pool": "default_pool",
        "pool_slots": 1,
        "retries": 1,
        "retry_delay": 1,
        "max_retry_delay": 60,
        "grows": True,
        "deadline": 1505,
        "grace": 5,
        "secrets": {},
    },
    "train-model-logreg": {
        "arguments": ["stage", "train[model=logreg]", "--profile", "large"],
        "needs": ["prepare"],
        "trigger_rule": "none_failed",
        "pool": "default_pool",
        "pool_slots": 2,
        "retries": 1,
        "retry_delay": 1,
        "max_retry_delay": 60,
        "grows": True,
        "deadline": 1510,
        "grace": 10,
        "secrets": {},
    },
    "train-model-forest": {
        "arguments": ["stage", "train[model=forest]", "--profile", "large"],
        "needs": ["prepare"],
        "trigger_rule": "none_failed",
        "pool": "default_pool",
        "pool_slots": 2,
        "retries": 1,
        "retry_delay": 1,
        "max_retry_delay": 60,
        "grows": True,
        "deadline": 1510,
        "grace": 10,
        "secrets": {},
    },
    "evaluate": {
        "arguments": ["stage", "evaluate", "--profile", "small"],
        "needs": ["train-model-logreg", "train-model-forest", "prepare"],
        "trigger_rule": "all_done",
        "pool": "default_pool",
        "pool_slots": 1,
        "retries": 1,
        "retry_delay": 1,
        "max_retry_delay": 60,
        "grows": True,
        "deadline": 1505,
        "grace": 5,
        "secrets": {},
    },
    "deploy": {
        "arguments": ["stage", "deploy", "--profile", "small"],
        "needs": ["evaluate"],
        "trigger_rule": "none_failed",
        "pool": "default_pool",
        "pool_slots": 1,
        "retries": 0,
        "retry_delay": 1,
        "max_retry_delay": 60,
        "grows": True,
        "deadline": 1530,
        "grace": 30,
        "secrets": {},
    },
}

TRY_AGAIN = 75
SKIPPED = 99


def command(stage, params, run_id):
    # A run's identifier may be any text; its exchange is a folder with a plain name.
    run = hashlib.sha256(run_id.encode()).hexdigest()[:32]
    return [
        SLUICE,
        "attempt",
        *stage["arguments"],
        "--pipeline=" + PIPELINE,
        "--repository=" + params["repository"],
        "--revision=" + params["commit"],
        "--reference=" + params["reference"],
        "--exchange=" + os.path.join(params["exchange"], run),
        "--skip-status=" + str(SKIPPED),
        *ARGUMENTS,
    ]


def attempt(slug):
    stage = STAGES[slug]
    context = get_current_context()
    secrets = {variable: Variable.get(name) for name, variable in stage["secrets"].items()}
    process = subprocess.Popen(
        command(stage, context["params"], context["run_id"]),
        env={**os.environ, **secrets},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        for line in process.stdout:
            logging.getLogger("sluice").info("%s", line.rstrip())
        status = process.wait()
    finally:
        stop(process, stage["grace"])
    if status == SKIPPED:
        raise AirflowSkipException("skipped")
    if status == TRY_AGAIN:
        raise AirflowException("failed, and is to be tried again")
    if status != 0:
        raise AirflowFailException("failed with status %d" % status)


def stop(process, grace):
    # The first signal cancels with the stage's grace, the second at once.
    for wait in (grace + 30, 30):
        if process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(timeout=wait)
        except subprocess.TimeoutExpired:
            pass
    if process.poll() is None:
        process.kill()
        process.wait()


def param(value, what):
    if value is None:
        return Param(type="string", minLength=1, description=what)
    return Param(value, type="string", description=what)


with DAG(
    dag_id=PIPELINE,
    description=DESCRIPTION,
    schedule=None,
    catchup=False,
    tags=["sluice"],
    params={
        "commit": param(COMMIT, "The commit that is run."),
        "reference": param(REFERENCE, "The branch or tag that it is run for."),
        "repository": param(REPOSITORY, "The repository on the workers."),
        "exchange": param(EXCHANGE, "A folder that all workers share."),
    },
) as dag:
    tasks = {
        slug: PythonOperator(
            task_id=slug,
            python_callable=attempt,
            op_args=[slug],
            trigger_rule=stage["trigger_rule"],
            pool=stage["pool"],
            pool_slots=stage["pool_slots"],
            retries=stage["retries"],
            retry_delay=timedelta(seconds=stage["retry_delay"]),
            retry_exponential_backoff=stage["grows"],
            max_retry_delay=timedelta(seconds=stage["max_retry_delay"]),
            execution_timeout=timedelta(seconds=stage["deadline"]),
        )
        for slug, stage in STAGES.items()
    }
    for slug, stage in STAGES.items():
        tasks[slug].set_upstream([tasks[need] for need in stage["needs"]])

import Foundation
import SluiceTesting
import Testing

/// The code of an exported DAG file, with stand-ins for Airflow and for the binary that its tasks start.
@Suite struct ExportedDAGTests {
    private static let pipeline = """
        schema: sluice/v1
        name: toy
        priority: 3
        stages:
          one:
            if: changed("data/**")
            run: echo
            grace: 5s
            retry: { limit: 2, backoff: { factor: 1.5 } }
            sources: []
        """
    private static let airflow = [
        "airflow/__init__.py": "",
        "airflow/sdk/__init__.py": """
        class Param:
            def __init__(self, value=None, **schema):
                self.value = value
        class Variable:
            pass
        class DAG:
            def __init__(self, **arguments):
                self.arguments = arguments
            def __enter__(self):
                return self
            def __exit__(self, *error):
                pass
        class BaseOperator:
            retry_exponential_backoff = 0
            def __init__(self, task_id, **arguments):
                self.task_id, self.arguments = task_id, arguments
            def set_upstream(self, tasks):
                pass
        """,
        "airflow/sdk/exceptions.py": """
        class AirflowException(Exception): pass
        class AirflowFailException(AirflowException): pass
        class AirflowSkipException(AirflowException): pass
        """,
    ]
    /// Calls a task whose binary behaves as the first argument says, and prints how the task ended.
    private static let driver = """
        import os, sys, threading, time
        import dag
        dag.SLUICE = os.path.abspath("binary")
        task = dag.Stage(task_id="one")
        def cancel():
            while not os.path.exists("ready"):
                time.sleep(0.01)
            task.on_kill()
            task.on_kill()
        if "ready" in sys.argv[1]:
            threading.Thread(target=cancel).start()
        params = {"repository": "/r", "commit": "c", "reference": "", "base": "b", "exchange": "/e"}
        try:
            task.execute({"params": params, "run_id": sys.argv[2]})
            print("well")
        except Exception as error:
            print(type(error).__name__)
        """

    private let scene: Scene

    init() throws {
        scene = try Scene(["pipelines/toy.yaml": Self.pipeline], withHook: false)
        let dag = try scene.sluice(["export", "airflow", "--quiet"]).output
        let binary = "#!/bin/sh\nprintf '%s\\n' \"$@\" >arguments\neval \"$BEHAVIOUR\"\n"
        try scene.write(Self.airflow.merging(["dag.py": dag, "driver.py": Self.driver, "binary": binary]) { $1 })
        _ = try Scene.shell("chmod +x binary; rm -f ready", in: scene.clone)
    }

    /// The last line that the driver printed.
    private func execute(_ behaviour: String, run: String = "r") throws -> String {
        let done = try ProgramRun.run(
            ["python3", "driver.py", behaviour, run],
            environment: scene.environment.merging(["BEHAVIOUR": behaviour]) { $1 }, folder: scene.clone)
        return done.output.split(separator: "\n").last.map(String.init) ?? done.transcript
    }

    private func read(_ file: String) throws -> [String] {
        try String(contentsOfFile: scene.clone + "/" + file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("a task is tried again when the pipeline wants it, and when the binary was killed or its worker stopped")
    func statuses() throws {
        let ends = [
            "exit 0": "well", "exit 99": "AirflowSkipException", "exit 75": "AirflowException",
            "exit 130": "AirflowException", "kill -9 $$": "AirflowException", "exit 1": "AirflowFailException",
            "exit 74": "AirflowFailException",
        ]
        for (behaviour, end) in ends { #expect(try execute(behaviour) == end, "\(behaviour)") }
    }

    @Test("a cancelled task signals its stage once, which has a session of its own and so its whole grace")
    func cancelled() throws {
        let behaviour = """
            trap 'echo cancelled >>signals; exit 130' TERM
            cut -d' ' -f6 /proc/$$/stat >session; echo $$ >>session
            touch ready; while :; do sleep 0.02; done
            """
        #expect(try execute(behaviour) == "AirflowException")
        #expect(try read("signals") == ["cancelled"])
        let session = try read("session")
        #expect(session.count == 2 && session[0] == session[1], "\(session)")
    }

    @Test("runs of one name share an exchange, those of others and of other DAGs do not")
    func exchanges() throws {
        func exchange(_ run: String) throws -> String? {
            #expect(try execute("exit 0", run: run) == "well")
            return try read("arguments").first { $0.hasPrefix("--exchange=/e/") }
        }
        let first = try #require(try exchange("nightly"))
        #expect(try exchange("nightly") == first)
        #expect(try exchange("../nightly") != first)
        _ = try Scene.shell("sed -i 's/^DAG_ID = .*/DAG_ID = \"other\"/' dag.py", in: scene.clone)
        #expect(try exchange("nightly") != first)
        #expect(try read("arguments").contains("--changed-since"))
    }

    @Test("Airflow is told the priority, that runs exclude each other, and how pauses grow where it knows factors")
    func scheduling() throws {
        let program = """
            import dag
            task = dag.tasks["one"].arguments
            print(dag.dag.arguments.get("max_active_runs"), task["priority_weight"], task["weight_rule"],
                  task["retries"], task["retry_exponential_backoff"])
            """
        func told() throws -> String {
            try ProgramRun.run(["python3", "-c", program], environment: scene.environment, folder: scene.clone).output
        }
        #expect(try told() == "1 4 absolute 2 1.5\n")
        _ = try Scene.shell("sed -i 's/backoff = 0/backoff = False/' airflow/sdk/__init__.py", in: scene.clone)
        #expect(try told() == "1 4 absolute 2 True\n")
    }
}

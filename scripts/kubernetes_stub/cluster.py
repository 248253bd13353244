"""The cluster's objects, and what becomes of a Job."""
import base64
import json
import os
import signal
import subprocess
import threading
import time

from .objects import Refusal, condition, existing, missing, now, quantity
from .pod import Mounts


class Cluster:
    def __init__(self, folder):
        self.folder, self.lock = folder, threading.RLock()
        self.jobs, self.pods, self.secrets, self.events, self.processes, self.mounts = {}, {}, {}, [], {}, {}
        self.resource_version = 1

    def control(self):
        try:
            with open(os.path.join(self.folder, "control"), encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return {}

    def take(self, key):
        """Whether a one-time order stands; it is crossed out."""
        with self.lock:
            orders = self.control()
            if not orders.pop(key, False):
                return False
            temporary = os.path.join(self.folder, "control.new")
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(orders, file)
            os.rename(temporary, os.path.join(self.folder, "control"))
            return True

    def capacity(self):
        return {"cpu": "8", "memory": str(32 << 30), "nvidia.com/gpu": "2", **self.control().get("capacity", {})}

    def admit(self, namespace, thing):
        """What every new object gets."""
        self.resource_version += 1
        thing["metadata"].update(namespace=namespace, uid=f"uid-{self.resource_version}", creationTimestamp=now(),
                                 resourceVersion=str(self.resource_version))

    def can_suspend(self):
        return not self.control().get("old")

    # Jobs

    def create_job(self, namespace, job, is_strict):
        name = job["metadata"]["name"]
        spec = job.get("spec", {})
        with self.lock:
            if not self.can_suspend() and spec.pop("suspend", None) is not None and is_strict:
                raise Refusal(400, "BadRequest", 'error validating data: ValidationError(Job.spec): unknown field "suspend" '
                              "in io.k8s.api.batch.v1.JobSpec")
            if name in self.jobs:
                raise existing("jobs.batch", name)
            pod = spec.get("template", {}).get("spec", {})
            if pod.get("restartPolicy") not in ("Never", "OnFailure"):
                raise Refusal(422, "Invalid", f'Job.batch "{name}" is invalid: spec.template.spec.restartPolicy: '
                              'Required value: valid values: "OnFailure", "Never"')
            if spec.get("backoffLimit") != 0:
                raise Refusal(422, "Invalid", f'Job.batch "{name}" is invalid: the stand-in wants backoffLimit 0')
            self.admit(namespace, job)
            job["status"] = {"conditions": []}
            self.jobs[name] = job
        threading.Thread(target=self.live, args=(name,), daemon=True).start()
        return job

    def patch_job(self, name, patch):
        """Only what a runner may want to change of a Job."""
        with self.lock:
            if name not in self.jobs:
                raise missing("jobs.batch", name)
            if list(patch) != ["spec"] or list(patch["spec"]) != ["suspend"]:
                raise Refusal(422, "Invalid", f'Job.batch "{name}" is invalid: field is immutable')
            if self.can_suspend():
                self.jobs[name]["spec"].update(patch["spec"])
            return self.jobs[name]

    def fits_quota(self, name, asked):
        quota = self.control().get("quota") or {}
        for key, hard in quota.items():
            kind = key.split(".", 1)[-1]
            if quantity(asked.get(kind, 0)) > quantity(hard):
                with self.lock:
                    self.events.append({"metadata": {"name": f"{name}.1"}, "reason": "FailedCreate",
                                        "involvedObject": {"kind": "Job", "name": name},
                                        "message": f'Error creating: pods "{name}-x" is forbidden: exceeded quota: team, '
                                        f"requested: {key}={asked.get(kind)}, limited: {key}={hard}"})
                return False
        return True

    def goes_on(self, name, job):
        """False when the Job was deleted meanwhile, also when another one has its name."""
        return self.jobs.get(name) is job

    def waits(self, name, job, obstacle, pause=0.1):
        """Until there is no obstacle any more; False when nobody waits any more."""
        while obstacle():
            time.sleep(pause)
            if not self.goes_on(name, job):
                return False
        return True

    def live(self, name):
        job = self.jobs[name]
        template = job["spec"]["template"]
        container = template["spec"]["containers"][0]
        asked = container.get("resources", {}).get("requests", {})
        if not (self.waits(name, job, lambda: job["spec"].get("suspend"))
                and self.waits(name, job, lambda: not self.fits_quota(name, asked), 0.2)):
            return
        labels = {**template["metadata"].get("labels", {}), "job-name": name}
        pod = {"metadata": {"name": f"{name}-x", "namespace": job["metadata"]["namespace"], "labels": labels},
               "spec": template["spec"], "status": {"phase": "Pending", "conditions": []}}
        with self.lock:
            self.pods[name] = pod
        self.mounts[name] = mounts = Mounts(os.path.join(self.folder, "mounts", job["metadata"]["uid"]), template["spec"])
        if all(self.waits(name, job, lambda: obstacle(pod, template["spec"], container))
               for obstacle in (self.unscheduled, self.unpulled, self.unmounted)):
            with self.lock:
                mounts.fill(self.secrets)
            if self.prepare(name, job, pod, template["spec"], mounts):
                self.run(name, job, pod, container, mounts)

    def unscheduled(self, pod, _, container):
        asked, capacity = container.get("resources", {}).get("requests", {}), self.capacity()
        lacking = next((kind for kind, amount in asked.items() if quantity(amount) > quantity(capacity.get(kind, 0))), None)
        pod["status"]["conditions"] = [condition("PodScheduled")] if lacking is None else [
            condition("PodScheduled", "Unschedulable", f"0/1 nodes are available: 1 Insufficient {lacking}.", "False")]
        return lacking

    def unpulled(self, pod, _, container):
        images = self.control().get("images")
        if images is None or container["image"] in images:
            return False
        self.wait_in(pod, "ImagePullBackOff", f'Back-off pulling image "{container["image"]}"')
        return True

    def unmounted(self, pod, spec, _):
        names = [volume["secret"]["secretName"] for volume in spec.get("volumes", []) if "secret" in volume]
        if all(name in self.secrets for name in names):
            return False
        self.wait_in(pod, "ContainerCreating", None)
        return True

    @staticmethod
    def wait_in(pod, reason, message):
        waiting = {"reason": reason, **({"message": message} if message else {})}
        pod["status"]["containerStatuses"] = [{"name": "attempt", "state": {"waiting": waiting}}]

    def prepare(self, name, job, pod, spec, mounts):
        """The pod's first containers, one after the other."""
        for container in spec.get("initContainers", []):
            with self.lock:
                if not self.goes_on(name, job):
                    return False
                process = self.processes[name] = mounts.start(container, {})
                status = {"name": container["name"], "state": {"running": {"startedAt": now()}}}
                pod["status"].update(initContainerStatuses=[status])
                self.wait_in(pod, "PodInitializing", None)
            if process.wait() != 0:
                self.fail(job, "BackoffLimitExceeded")
                with self.lock:
                    if "deletionTimestamp" in job["metadata"]:
                        self.forget(name)
                return False
            status["state"] = {"terminated": {"exitCode": 0, "reason": "Completed"}}
        return True

    def run(self, name, job, pod, container, mounts):
        environment = {entry["name"]: entry["value"] for entry in container.get("env", [])}
        gpus = int(container["resources"].get("limits", {}).get("nvidia.com/gpu", 0))
        if gpus:
            environment["CUDA_VISIBLE_DEVICES"] = ",".join(str(device) for device in range(gpus))
        started = time.monotonic()
        with self.lock:
            if not self.goes_on(name, job):
                return
            process = mounts.start(container, environment)
            self.processes[name] = process
            pod["status"].update(phase="Running", containerStatuses=[{"name": "attempt", "state": {
                "running": {"startedAt": now()}}}])
        reason = None
        deadline = job["spec"].get("activeDeadlineSeconds", 1 << 30)
        while process.poll() is None:
            time.sleep(0.05)
            if self.take("oom"):
                reason = "OOMKilled"
                self.kill(process)
            if self.take("node_failure"):
                self.kill(process)
                process.wait()
                mounts.remove()
                with self.lock:
                    self.pods.pop(name, None)
                return self.fail(job, "BackoffLimitExceeded") if self.can_suspend() else self.live(name)
            if time.monotonic() - started > deadline and reason is None:
                reason = "DeadlineExceeded"
                self.terminate(name, job)
        self.end(name, job, pod, process, reason, mounts.message())
        mounts.remove()

    def end(self, name, job, pod, process, reason, message):
        code = process.returncode if process.returncode >= 0 else 128 - process.returncode
        terminated = {"exitCode": code, "reason": "OOMKilled" if reason == "OOMKilled" else
                      "Error" if code else "Completed"}
        if message:
            terminated["message"] = message
        with self.lock:
            pod["status"].update(phase="Failed" if code else "Succeeded", containerStatuses=[
                {"name": "attempt", "state": {"terminated": terminated}}])
        time.sleep(0.2)
        if code or reason:
            self.fail(job, reason if reason == "DeadlineExceeded" else "BackoffLimitExceeded")
        else:
            self.settle(job, "SuccessCriteriaMet", "Complete")
        with self.lock:
            if "deletionTimestamp" in job["metadata"]:
                self.forget(name)

    def fail(self, job, reason):
        self.settle(job, "FailureTarget", "Failed", reason, "Job has reached the specified backoff limit")

    @staticmethod
    def settle(job, first, second, reason=None, message=None):
        """The pair of conditions, the first one a moment earlier."""
        job["status"]["conditions"] = [condition(first, reason, message)]
        time.sleep(0.2)
        job["status"]["conditions"] = [condition(first, reason, message), condition(second, reason, message)]

    # Secrets

    def create_secret(self, namespace, secret):
        name = secret["metadata"]["name"]
        with self.lock:
            if name in self.secrets:
                raise existing("secrets", name)
            self.admit(namespace, secret)
            text = secret.pop("stringData", {})
            data = {key: base64.b64encode(value.encode()).decode() for key, value in text.items()}
            secret["data"] = {**secret.get("data", {}), **data}
            self.secrets[name] = secret
            self.collect_garbage()
            return secret

    def delete_secret(self, name):
        with self.lock:
            if name not in self.secrets:
                raise missing("secrets", name)
            return self.secrets.pop(name)

    def collect_garbage(self):
        """What belongs to something that is not there any more."""
        uids = {job["metadata"]["uid"] for job in self.jobs.values()}
        for name, secret in list(self.secrets.items()):
            owners = secret["metadata"].get("ownerReferences", [])
            if owners and not any(owner["uid"] in uids for owner in owners):
                del self.secrets[name]

    # Deleting

    def kill(self, process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def terminate(self, name, job, grace=None):
        process = self.processes.get(name)
        if process is None or process.poll() is not None:
            return
        if grace is None:
            grace = job["spec"]["template"]["spec"].get("terminationGracePeriodSeconds", 30)
        process.terminate()

        def patience():
            try:
                process.wait(grace)
            except subprocess.TimeoutExpired:
                self.kill(process)

        threading.Thread(target=patience, daemon=True).start()

    def delete_job(self, name):
        with self.lock:
            job = self.jobs.get(name)
            if job is None:
                raise missing("jobs.batch", name)
            job["metadata"]["deletionTimestamp"] = now()
            process = self.processes.get(name)
            if process is None or process.poll() is not None:
                self.forget(name)
        self.terminate(name, job)
        return job

    def delete_pod(self, pod_name, grace):
        name = pod_name.removesuffix("-x")
        with self.lock:
            if name not in self.pods:
                raise missing("pods", pod_name)
            pod, job = self.pods[name], self.jobs[name]
        self.terminate(name, job, grace)
        return pod

    def forget(self, name):
        self.jobs.pop(name, None)
        self.pods.pop(name, None)
        self.mounts.pop(name, None)
        self.processes.pop(name, None)
        self.collect_garbage()

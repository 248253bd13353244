"""As much of the API, by HTTP, as the real kubectl asks for."""
import json
import os
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlparse

from .objects import Refusal, condition, missing
from .stream import execute


def resources(*kinds):
    return [{"name": name, "singularName": name[:-1], "namespaced": namespaced, "kind": kind,
             "verbs": ["create", "delete", "get", "list", "patch", "watch"]} for name, kind, namespaced in kinds]


def strictness(group, version, kind, path):
    """What tells kubectl that the server itself is strict about fields."""
    parameters = [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}]
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.36.2"}, "paths": {path: {"patch": {
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {"group": group, "version": version, "kind": kind},
        "parameters": parameters, "responses": {"200": {"description": "OK"}}}}}}


DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [{
        "name": "batch", "versions": [{"groupVersion": "batch/v1", "version": "v1"}],
        "preferredVersion": {"groupVersion": "batch/v1", "version": "v1"}}]},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": resources(
        ("pods", "Pod", True), ("events", "Event", True), ("resourcequotas", "ResourceQuota", True),
        ("secrets", "Secret", True), ("nodes", "Node", False))},
    "/apis/batch/v1": {"kind": "APIResourceList", "groupVersion": "batch/v1", "resources": resources(
        ("jobs", "Job", True))},
    "/version": {"major": "1", "minor": "36", "gitVersion": "v1.36.2"},
    "/openapi/v3": {"paths": {"apis/batch/v1": {"serverRelativeURL": "/openapi/v3/apis/batch/v1"},
                              "api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"}}},
    "/openapi/v3/apis/batch/v1": strictness("batch", "v1", "Job", "/apis/batch/v1/namespaces/{namespace}/jobs/{name}"),
    "/openapi/v3/api/v1": strictness("", "v1", "Secret", "/api/v1/namespaces/{namespace}/secrets/{name}"),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cluster = None

    def log_message(self, *_):
        pass

    def answer(self, code, body):
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def dispatch(self, act):
        if self.cluster.control().get("unreachable"):
            self.close_connection = True
            self.connection.close()
            return
        url = urlparse(self.path)
        text = self.text()
        if act != "GET":
            self.note(act, url.path, text)
        try:
            body = json.loads(text or b"null")
            self.answer(200 if act != "POST" else 201, self.route(act, url.path, parse_qs(url.query), body))
        except Refusal as refusal:
            self.answer(refusal.code, refusal.body)

    def text(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = b""
        while length := int(self.rfile.readline(), 16):
            text += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return text

    def note(self, act, path, text):
        """Whoever tests can read what was asked for."""
        with self.cluster.lock, open(os.path.join(self.cluster.folder, "requests"), "ab") as file:
            file.write(f"{act} {path} ".encode() + text.replace(b"\n", b" ") + b"\n")

    def route(self, act, path, query, body):
        if path in DISCOVERY:
            return DISCOVERY[path]
        parts = path.strip("/").split("/")
        cluster = self.cluster
        if parts[:2] == ["api", "v1"] and parts[2:] == ["nodes"]:
            node = {"metadata": {"name": "n1"}, "status": {"allocatable": cluster.capacity(),
                                                           "conditions": [condition("Ready")]}}
            return self.list("v1", "Node", [node])
        if act == "POST" and parts[-1] == "selfsubjectaccessreviews":
            asked = body["spec"]["resourceAttributes"]["resource"]
            return {**body, "status": {"allowed": asked not in cluster.control().get("forbidden", [])}}
        if "namespaces" not in parts:
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        at = parts.index("namespaces")
        if len(parts) == at + 2:
            return {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": parts[at + 1]}}
        namespace, kind, name = parts[at + 1], parts[at + 2], parts[at + 3] if len(parts) > at + 3 else None
        self.permit(act, kind, parts[-1])
        if act == "GET":
            with cluster.lock:
                return self.get(kind, name, query)
        is_strict = query.get("fieldValidation") != ["Ignore"]
        acts = {("POST", "jobs"): lambda: cluster.create_job(namespace, body, is_strict),
                ("PATCH", "jobs"): lambda: cluster.patch_job(name, body),
                ("DELETE", "jobs"): lambda: cluster.delete_job(name),
                ("DELETE", "pods"): lambda: cluster.delete_pod(name, (body or {}).get("gracePeriodSeconds")),
                ("POST", "secrets"): lambda: cluster.create_secret(namespace, body),
                ("DELETE", "secrets"): lambda: cluster.delete_secret(name)}
        if (act, kind) not in acts:
            raise Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
        return acts[act, kind]()

    def permit(self, act, *kinds):
        for kind in set(kinds) & set(self.cluster.control().get("forbidden", [])):
            raise Refusal(403, "Forbidden", f'{kind} is forbidden: User "runner" cannot {act} resource "{kind}"')

    def get(self, kind, name, query):
        cluster = self.cluster
        if kind == "jobs" and name:
            if name not in cluster.jobs:
                raise missing("jobs.batch", name)
            return {"kind": "Job", "apiVersion": "batch/v1", **cluster.jobs[name]}
        if kind == "jobs":
            return self.list("batch/v1", "Job", self.selected(cluster.jobs.values(), query))
        if kind == "pods" and name:
            job = name.removesuffix("-x")
            if job not in cluster.pods:
                raise missing("pods", name)
            return {"kind": "Pod", "apiVersion": "v1", **cluster.pods[job]}
        if kind == "pods":
            return self.list("v1", "Pod", self.selected(cluster.pods.values(), query))
        if kind == "events":
            wanted = dict(part.split("=", 1) for part in query.get("fieldSelector", [""])[0].split(",") if part)
            found = [event for event in cluster.events
                     if event["involvedObject"]["name"] == wanted.get("involvedObject.name")]
            return self.list("v1", "Event", found)
        if kind == "resourcequotas":
            quota = cluster.control().get("quota")
            found = [{"metadata": {"name": "team"}, "spec": {"hard": quota}, "status": {"hard": quota}}] if quota else []
            return self.list("v1", "ResourceQuota", found)
        if kind == "secrets":
            raise Refusal(403, "Forbidden", 'secrets is forbidden: User "runner" cannot read resource "secrets"')
        raise Refusal(404, "NotFound", "the server could not find the requested resource")

    @staticmethod
    def selected(objects, query):
        wanted = [part.split("=", 1) for part in query.get("labelSelector", [""])[0].split(",") if part]
        return [each for each in objects
                if all(each["metadata"].get("labels", {}).get(key) == value for key, value in wanted)]

    @staticmethod
    def list(version, kind, items):
        return {"kind": f"{kind}List", "apiVersion": version, "metadata": {"resourceVersion": "1"},
                "items": [{"kind": kind, "apiVersion": version, **item} for item in items]}

    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket" and not self.cluster.control().get("unreachable"):
            self.stream()
        else:
            self.dispatch("GET")

    def stream(self):
        """A program in the container of a pod that runs."""
        url = urlparse(self.path)
        query, parts = parse_qs(url.query), url.path.strip("/").split("/")
        job = parts[-2].removesuffix("-x")
        try:
            self.permit("GET", "pods", "exec")
        except Refusal as refusal:
            return self.answer(refusal.code, refusal.body)
        self.note("EXEC", url.path, " ".join(query["command"]).encode())
        with self.cluster.lock:
            pod, mounts = self.cluster.pods.get(job), self.cluster.mounts.get(job)
        if parts[-1] != "exec" or pod is None or mounts is None:
            return self.answer(404, missing("pods", parts[-2]).body)
        status = pod["status"]
        states = {each["name"]: each["state"] for each in
                  status.get("initContainerStatuses", []) + status.get("containerStatuses", [])}
        if "running" not in states.get(query["container"][0], {}):
            return self.answer(400, Refusal(400, "BadRequest", "container is not running").body)
        self.close_connection = True
        execute(self, mounts.inside(query["command"]), {"PATH": os.environ["PATH"]})

    def do_POST(self):
        self.dispatch("POST")

    def do_PATCH(self):
        self.dispatch("PATCH")

    def do_DELETE(self):
        self.dispatch("DELETE")

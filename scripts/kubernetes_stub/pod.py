"""What a pod sees that is not where it was before, and what it runs."""
import base64
import os
import shutil
import subprocess


class Mounts:
    """A pod runs on this machine, where claims already lie at their paths. Its Secrets and the file of its message lie in a
    folder of the stand-in; in the container's arguments these paths take the place of the mounted ones. An empty folder of
    its own is really mounted over what is there, for its processes alone."""

    ENTER = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-ec",
             'mount --bind "$1" "$2"; cd "$3"; shift 3; exec "$@"', "enter"]

    def __init__(self, folder, spec):
        self.folder, self.spec = folder, spec
        container = spec["containers"][0]
        self.places = {container.get("terminationMessagePath", "/dev/termination-log"): f"{folder}/message"}
        volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
        self.secrets = {name: volume["secret"] for name, volume in volumes.items() if "secret" in volume}
        self.empty = next((mount["mountPath"] for mount in container.get("volumeMounts", [])
                           if "emptyDir" in volumes[mount["name"]]), None)
        for mount in container.get("volumeMounts", []):
            if mount["name"] in self.secrets:
                self.places[mount["mountPath"]] = f"{folder}/{mount['name']}"

    def fill(self, secrets):
        """A Secret as the kubelet lays it out: links into a folder of this version."""
        os.makedirs(f"{self.folder}/empty", mode=0o700)
        with open(f"{self.folder}/message", "wb"):
            pass
        for volume, terms in self.secrets.items():
            version = f"{self.folder}/{volume}/..version"
            os.makedirs(version)
            for name, value in secrets[terms["secretName"]]["data"].items():
                with open(f"{version}/{name}", "wb") as file:
                    file.write(base64.b64decode(value))
                os.chmod(f"{version}/{name}", terms.get("defaultMode", 0o644))
                os.symlink(f"..version/{name}", f"{self.folder}/{volume}/{name}")

    def inside(self, command, folder="/"):
        """The command as it sees the pod's files."""
        command = [self.places.get(word, word) for word in command]
        if self.empty is None:
            return command
        return [*self.ENTER, f"{self.folder}/empty", self.empty, folder, *command]

    def start(self, container, environment):
        # A working folder that is not there yet is made, as a container's is.
        folder = container.get("workingDir", "/")
        if self.empty is not None and folder.startswith(self.empty):
            os.makedirs(f"{self.folder}/empty{folder[len(self.empty):]}", exist_ok=True)
        return subprocess.Popen(self.inside(container["command"], folder), env=environment,
                                cwd="/" if self.empty else folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def message(self):
        with open(f"{self.folder}/message", "rb") as file:
            return file.read(4096).decode(errors="replace")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

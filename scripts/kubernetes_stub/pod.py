"""What a pod sees that is not where it was before."""
import base64
import os
import shutil


class Mounts:
    """A pod runs on this machine, where claims already lie at their paths. What a cluster puts elsewhere into a container,
    its Secrets and the file of its message, lies in a folder of the stand-in; in the container's arguments these paths
    take the place of the mounted ones."""

    def __init__(self, folder, spec):
        self.folder, self.spec = folder, spec
        self.container = spec["containers"][0]
        self.places = {self.container.get("terminationMessagePath", "/dev/termination-log"): f"{folder}/message"}
        self.secrets = {volume["name"]: volume["secret"] for volume in spec.get("volumes", []) if "secret" in volume}
        for mount in self.container.get("volumeMounts", []):
            if mount["name"] in self.secrets:
                self.places[mount["mountPath"]] = f"{folder}/{mount['name']}"

    def fill(self, secrets):
        """A Secret as the kubelet lays it out: links into a folder of this version."""
        os.makedirs(self.folder, mode=0o700)
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

    def command(self, container):
        return [self.places.get(word, word) for word in container["command"]]

    def message(self):
        with open(f"{self.folder}/message", "rb") as file:
            return file.read(4096).decode(errors="replace")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

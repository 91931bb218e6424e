"""Image tars (docker-archives) without Docker: unpack one, run its entry point, put one more layer on it."""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

# as Jib's: a second after the epoch
TIME = 1


class Image:
    """One image of a tar."""

    def __init__(self, path):
        self.path = Path(path)
        with tarfile.open(self.path) as archive:
            self.manifest = json.load(archive.extractfile("manifest.json"))[0]
            self.config = json.load(archive.extractfile(self.manifest["Config"]))
        self.entrypoint = self.config["config"]["Entrypoint"]
        self.user = self.config["config"]["User"]
        self.env = dict(variable.split("=", 1) for variable in self.config["config"]["Env"])

    def unpack(self, root):
        """Its file system, with what a running process sees besides: /proc and /dev. As root."""
        root = Path(root)
        for layer in self.manifest["Layers"]:
            one = ["tar", "-xOf", str(self.path), layer]
            with subprocess.Popen(one, stdout=subprocess.PIPE) as out:
                zipped = ["-z"] if layer.endswith("gz") else []
                subprocess.run(["tar", "-xp", *zipped, "--warning=no-unknown-keyword", "-C", str(root)], stdin=out.stdout, check=True)
        for directory in ("proc", "dev"):
            (root / directory).mkdir(exist_ok=True)

    def files(self, under):
        """Its files below a directory by path, each as bytes; a later layer's win."""
        found = {}
        with tarfile.open(self.path) as archive:
            for layer in self.manifest["Layers"]:
                with tarfile.open(fileobj=archive.extractfile(layer)) as content:
                    for member in content:
                        path = "/" + member.name.removeprefix("./").lstrip("/")
                        if member.isfile() and path.startswith(under):
                            found[path] = content.extractfile(member).read()
        return found

    def command(self, root, *arguments, java=()):
        """Runs its entry point in root as its user, in a mount namespace of its own; the process that this starts is the image's."""
        program, *rest = self.entrypoint
        inside = 'mount --bind /proc "$0/proc" && mount --bind /dev "$0/dev" && exec "$1" --userspec="$2" "$0" "${@:3}"'
        chroot = shutil.which("chroot") or "/usr/sbin/chroot"   # the image's own PATH has it not
        return ["unshare", "--mount", "bash", "-c", inside, str(root), chroot, self.user, program, *java, *rest, *map(str, arguments)]

    def with_layer(self, files, comment, name, out):
        """Writes another image to out: one more layer with these files (path to bytes), and this name."""
        layer = io.BytesIO()
        with tarfile.open(fileobj=layer, mode="w", format=tarfile.GNU_FORMAT) as content:
            for path, data in sorted(files.items()):
                member = tarfile.TarInfo(path.lstrip("/"))
                member.size, member.mtime, member.mode = len(data), TIME, 0o644
                content.addfile(member, io.BytesIO(data))
        packed = gzip.compress(layer.getvalue(), 6, mtime=0)
        config = json.loads(json.dumps(self.config))
        config["rootfs"]["diff_ids"].append("sha256:" + hashlib.sha256(layer.getvalue()).hexdigest())
        config["history"].append({"created": "1970-01-01T00:00:00Z", "created_by": comment})
        layer_name = hashlib.sha256(packed).hexdigest() + ".tar.gz"
        manifest = {**self.manifest, "Config": "config.json", "RepoTags": [name], "Layers": [*self.manifest["Layers"], layer_name]}
        part = Path(out).with_suffix(".part")
        with tarfile.open(self.path) as old, tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as new:
            for member in self.manifest["Layers"]:
                new.addfile(old.getmember(member), old.extractfile(member))
            for path, data in ((layer_name, packed), ("config.json", json.dumps(config).encode()), ("manifest.json", json.dumps([manifest]).encode())):
                member = tarfile.TarInfo(path)
                member.size, member.mtime, member.mode = len(data), TIME, 0o644
                new.addfile(member, io.BytesIO(data))
        part.replace(out)


def class_path(arguments):
    """The jars that an @argfile names after -cp."""
    words = arguments.split()
    return words[words.index("-cp") + 1].split(":")

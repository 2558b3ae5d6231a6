"""The console script `huiyin`: our own verbs, and Django's for everything else."""

import os
import sys
from importlib import import_module
from pathlib import Path

VERBS = {
    "start": "huiyin.daemons.start",
    "web": "huiyin.daemons.web",
    "worker": "huiyin.daemons.worker",
    "demo-shop": "huiyin.demo.serve",
    "demo": "huiyin.demo.play",
    "bench": "bench.command",
}
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run the verb on the command line; its module has `main(arguments) -> exit code or None`."""
    verb, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("help", [])
    if verb in VERBS:
        if verb == "bench":  # lives beside the package: it measures this tree
            sys.path.insert(0, str(ROOT))
        sys.exit(import_module(VERBS[verb]).main(arguments))
    _django(verb, arguments)


def _django(verb: str, arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    from huiyin.daemons.postgres import find_running

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    if "DATABASE_URL" not in os.environ:
        running = find_running(Path(os.environ.get("HUIYIN_VAR", ROOT / "var")))
        os.environ.update({"DATABASE_URL": running} if running else {})
    execute_from_command_line(["huiyin", verb, *arguments])


if __name__ == "__main__":
    main()

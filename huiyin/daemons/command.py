"""The console script `huiyin`: our own verbs, and Django's for everything else."""

import os
import sys
from importlib import import_module
from pathlib import Path

VERBS = {
    "start": ("huiyin.daemons.start", "run everything: --port N, --var DIR, --public"),
    "demo": ("huiyin.demo.play", "play the midnight buyer, a chat and a complaint, on an instance of its own: --json"),
    "verify": ("huiyin.verify.command", "has a dossier been changed? FILE --key --head --json"),
    "bench": ("bench.command", "measure one thing: NAME --json"),
    "simulate": ("huiyin.sim.command", "a day in the centre: --arrivals FILE.csv --agents N, --profile NAME, --json"),
    "web": ("huiyin.daemons.web", "one process of `start`: pages, API, live streams"),
    "worker": ("huiyin.daemons.worker", "one process of `start`: jobs and what is due"),
    "router": ("huiyin.daemons.router", "one process of `start`: offers what waits to whoever is free"),
    "switchboard": ("huiyin.daemons.switchboard", "one process of `start`: carries out what happens in calls"),
    "demo-shop": ("huiyin.demo.serve", "one process of `start`: the shop of the demo"),
}
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run the verb on the command line; its module has `main(arguments) -> exit code or None`."""
    verb, *arguments = sys.argv[1:] or ["help"]
    if verb in VERBS:
        if verb == "bench":  # lives beside the package: it measures this tree
            sys.path.insert(0, str(ROOT))
        sys.exit(import_module(VERBS[verb][0]).main(arguments))
    if verb in {"help", "--help", "-h"} and not arguments:
        _help()
    _django(verb, arguments)


def _help() -> None:
    lines = [f"  {verb:<12}{meaning}" for verb, (_, meaning) in VERBS.items()]
    sys.stdout.write("\n".join(["Commands of our own:", *lines, "", "Django's:", ""]))
    sys.stdout.flush()


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

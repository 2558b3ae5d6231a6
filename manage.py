"""Django's own command line, for tools that look for it; people use `.venv/bin/huiyin`."""

from huiyin.daemons.command import main

if __name__ == "__main__":
    main()

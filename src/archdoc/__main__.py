"""``python -m archdoc``."""

from archdoc.cli import main

if __name__ == "__main__":
    main()

"""The command line: arguments to keyword arguments to an exit status, and nothing else."""


def main() -> int:
    return 0

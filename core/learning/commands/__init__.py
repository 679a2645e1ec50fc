"""The subcommands of ``python -m core.learning``, one a module.

A module offers ``add(commands)``, which adds its parser and names its ``run(options)``; that prints
its report (with ``--json`` exactly one JSON value on standard output) and returns the exit code.
"""

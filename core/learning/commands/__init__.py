"""The subcommands of ``python -m core.learning``, one a module.

A module offers ``add(commands)``, which adds its parser and sets its ``run(options)`` as
``run_command``. That prints its report (with ``--json`` exactly one JSON value on standard output)
and returns the exit code.
"""

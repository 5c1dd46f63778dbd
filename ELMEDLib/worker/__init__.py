"""Long work in a child process that stays warm.

`client.WorkerProcess` starts `python -m ELMEDLib.worker`, which runs the tasks of the three rooms.
Both speak JSON, one object a line: requests on the child's standard input, answers on its standard
output (see `protocol`). Torch is imported once, in the child; the application that asks stays
responsive, and ending the child is a cancel that always works.
"""

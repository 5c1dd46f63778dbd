"""The lessons: texts, what a click sets up, and checks that notice when something was done.

`course.LESSONS` has them all. Nothing here computes or knows of Slicer: lessons are data, and their
checks look at what the experiments reported (`watch.Watch`).
"""

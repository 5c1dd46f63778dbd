"""The lab's analyses, one a file: each gives a table, a chart and a sentence."""

"""XLSX as rows of cells, read part by part in a process of its own; memory and time do not grow with what a file claims to hold.

A workbook is a zip archive of XML parts. Only the parts that say something about the claims are opened, none of them is held as a whole.
"""

"""XLSX as rows of cells: a zip archive of XML, read part by part and bounded throughout (protocol §18.2)."""

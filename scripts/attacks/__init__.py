"""Attacks on the whole system, each as a program: it works where its mend is taken out of the sources, and fails against the product."""

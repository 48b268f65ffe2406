"""Forecasts of loan books out of time: errors, intervals, two collapses."""

"""The working group's own alarms: from the chain it tells whoever a ballot was recorded for, whatever relay and backend say or do not say.

A process of its own, with its own gateway account, its own list of contacts (a file sealed to it) and its own key. It takes contests.
"""
